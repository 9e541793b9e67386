"""Lets `python -m aivj.cli` be the command."""

from aivj.cli.app import main

main()
