"""Runs calls of `aivj` on terminals and pipes, each in a fork that has imported most of it.

Reads a `Setting`'s fields and the calls as JSON from stdin; writes what each printed to stdout.
"""

import contextlib
import fcntl
import functools
import importlib
import json
import os
import pty
import struct
import sys
import termios
import traceback

import typer.main

NUM_COLUMNS = 80


def open_channel(*, is_terminal):
    """Returns what the reader reads, and what the writer writes."""
    if not is_terminal:
        return os.pipe()
    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 24, NUM_COLUMNS, 0, 0))
    return reader, writer


def called(arguments, *, is_terminal):
    """Runs one call; returns its exit code and all that it printed."""
    reader, writer = open_channel(is_terminal=is_terminal)
    child = os.fork()
    if child == 0:
        os.close(reader)
        for number in (1, 2):
            os.dup2(writer, number)
        os._exit(run(arguments))
    os.close(writer)
    printed = b""
    # A terminal's reader ends with an error when its last writer is gone.
    with contextlib.suppress(OSError):
        while part := os.read(reader, 65536):
            printed += part
    os.close(reader)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), printed.decode()


def run(arguments):
    from aivj.cli import main

    sys.argv = ["aivj", *arguments]
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 - to be seen by the test
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def make_once():
    """Makes all commands once for all forks, and imports what their options are made of."""
    from aivj.cli.app import app

    typer.main.get_command = functools.cache(typer.main.get_command)
    unread = [typer.main.get_command(app)]
    while unread:
        command = unread.pop()
        _ = command.params
        unread += getattr(command, "commands", {}).values()


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    os.environ.update(asked["environment"])
    for name in {"NO_COLOR", "COLUMNS", "FORCE_COLOR"} - set(asked["environment"]):
        os.environ.pop(name, None)
    # Rich looks at the terminal when it is imported.
    answer = os.dup(1)
    _reader, _writer = open_channel(is_terminal=asked["is_terminal"])
    for number in (1, 2):
        os.dup2(_writer, number)
    for module in ("cli", "settings", "gate.stats", "live.run", "pipeline.elite_lists"):
        importlib.import_module(f"aivj.{module}")  # For all forks once.
    for module in ("accepting", "comparing", "inventory", "verification"):
        importlib.import_module(f"aivj.pipeline.{module}")
    make_once()

    results = [called(call, is_terminal=asked["is_terminal"]) for call in asked["calls"]]
    with os.fdopen(answer, "w") as stream:
        json.dump(results, stream)
