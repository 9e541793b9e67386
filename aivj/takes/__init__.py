"""A preset's rendering, made once and read by everything: see `docs/takes.md`."""
