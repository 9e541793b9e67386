"""Pairs sampled on a runtime's own page, on the wall clock: packs to run directory."""
