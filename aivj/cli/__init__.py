"""The `aivj` command: one module a verb, each loads its options and calls one function."""

from aivj.cli.app import main

__all__ = ["main"]
