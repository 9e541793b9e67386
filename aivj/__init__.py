"""AIVJ: renders MilkDrop presets, measures them, learns which pairs are good, and proves it."""

__version__ = "0.1.0"
