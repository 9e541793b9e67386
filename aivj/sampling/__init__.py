"""Coupled pack to run directory: every pair rendered, measured and written down."""
