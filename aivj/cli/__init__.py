"""The `aivj` command: one module a verb."""
