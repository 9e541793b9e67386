"""A library of presets, whole: what is found out of each, and which are fit to be shown."""
