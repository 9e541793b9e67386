"""A run, watched: what its files say, read as they grow; alerts; the pages and answers of a server.

Read-only: nothing here writes into a run, and whoever writes one never waits for it.
"""
