"""A run's folder: opened, written, counted, resumed and listed.

Words, the same in all rooms: the *record* is `meta.json`, kept true while the run goes on; the
*log* is `vite.log`; *rows* and *failures* are the two files that pairs go into; the *tally* is how
many there are of each, and how far that is from the target.
"""
