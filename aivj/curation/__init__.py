"""Which of all pairs of a set of presets are worth a pack: see `docs/pairs.md`."""
