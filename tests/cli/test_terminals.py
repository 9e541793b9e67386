"""Every verb on a terminal of 80 columns, without colours, and into a pipe."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli.terminal_calls import NUM_COLUMNS
from conftest import command_made_once

from aivj.cli.app import app

SETTINGS = {
    "terminal": {"is_terminal": True, "environment": {"TERM": "xterm-256color"}},
    "no colour": {"is_terminal": True, "environment": {"TERM": "xterm", "NO_COLOR": "1"}},
    "pipe": {"is_terminal": False, "environment": {"TERM": "xterm-256color"}},
}
# A call that ends soon, with work done or refused, and its exit code.
CALLS = {
    "demo": (3, "--presets", "missing"),
    "doctor": (2, "--gpu", "any"),
    "plan": (0, "--presets", "1000"),
    "packs": (0,),
    "runs": (0,),
    "serve": (3, "--pack", "missing"),
    "monitor": (3, "--eval-dir", "missing"),
    "status": (0,),
    "library": (3, "missing"),
    "audit run": (3, "missing"),
    "audit snapshot": (3, "--in", "missing"),
    "audit query": (3, "SELECT 1"),
    "audit repair": (3,),
    "cleanup": (0,),
    "pack": (3, "--pack", "p", "--presets", "missing"),
    "pairs": (3, "--name", "p", "--presets", "missing"),
    "pool draw": (3, "--name", "p", "--source", "missing", "--pool", "any"),
    "pool check": (3, "--name", "p", "--audit", "missing"),
    "pool split": (3, "--manifest", "missing", "--audit", "missing"),
    "run-manifest": (3, "--index", "missing"),
    "sync": (3, "--src-base", "missing", "mine"),
    "milk2 sniff": (3, "missing"),
    "milk2 convert": (3, "missing", "--pack", "p"),
    "diversity": (3, "missing", "--gpu", "software"),
    "sample": (3, "--pack", "missing", "--gpu", "software"),
    "check-run": (3, "missing"),
    "report": (3, "missing"),
    "styles teach": (3, "missing"),
    "styles apply": (3, "--pack", "missing"),
    "cluster": (3, "--pack", "missing"),
    "style-index": (3, "--pack", "missing"),
    "style-policy": (3, "--pack", "missing"),
    "check-style-index": (3, "--manifest-url", "ftp://x"),
    "preset-features": (3, "--pack", "missing", "--eval-jsonl", "missing"),
    "prefer": (3, "--pack", "missing"),
    "elite": (3, "--pack", "missing"),
    "evaluate": (2, "--pack", "p", "--folds", "1"),
    "train": (2, "--pack", "p", "--epochs", "0"),
    "sweep": (2, "--pack", "p", "--configs", "0"),
    "score": (2, "--pack", "p", "--min-quality-std", "nan"),
    "verify": (3, "--pack", "missing", "--gpu", "software"),
    "verify-check": (3, "missing"),
    "accept": (3, "--pack", "x/y", "--url", "ftp://x"),
    "compare": (3, "--pack", "missing"),
    "promote": (2, "--pack", "p", "--nonsense"),
    "releases": (0, "--pack", "p"),
    "rollback": (2, "--pack", "p", "--nonsense"),
    "ui": (2, "--port", "70000"),
    "schema": (0,),
    "bench-labels": (3, "--library", "missing"),
    "stats selection": (3, "missing"),
    "stats data-link": (3, "missing"),
    "stats picks": (3, "missing", "--quality", "missing"),
    "stats preload": (3, "missing"),
    "stats frame-time": (3, "missing"),
    "stats budget": (3, "missing"),
    "run-summary": (3, "missing"),
    "mlflow flush": (0,),
    "night": (3, "--pack", "missing", "-Port", "5174"),
    "morning": (3,),
    "loop": (3, "--pack", "missing", "--gpu", "software", "--allow-cpu"),
    "submit": (9, "train_coupling", "--address", "127.0.0.1:1"),
    "jobs list": (9, "--address", "127.0.0.1:1"),
    "jobs status": (9, "id", "--address", "127.0.0.1:1"),
    "jobs logs": (9, "id", "--address", "127.0.0.1:1"),
    "jobs stop": (3, "id", "--address", "ftp://host"),
    "frames": (3, "--pack", "missing"),
    "check-frames": (3, "--pack", "missing"),
    "review-frames": (3, "--pack", "missing"),
    "embed": (3, "--pack", "missing", "--allow-cpu"),
    "head": (2, "--pack", "p", "--epochs", "0"),
    "lora": (2, "--pack", "p", "--epochs", "0"),
    "lora-dataset": (3, "--pack", "missing"),
    "takes draw": (3, "--presets", "missing"),
    "takes status": (0,),
    "takes verify": (0,),
    "takes compact": (0,),
    "takes drop": (3,),
}
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def verbs(command, words=()):
    for name, inner in getattr(command, "commands", {}).items():
        yield from verbs(inner, (*words, name))
    if not hasattr(command, "commands"):
        yield " ".join(words)


GROUPS = ("audit", "stats", "styles", "milk2", "pool", "mlflow", "takes", "jobs")
HELPS = [[], *([name] for name in GROUPS), *(verb.split() for verb in CALLS)]


def test_every_verb_is_called():
    assert set(verbs(command_made_once(app))) == set(CALLS)


@pytest.fixture(scope="module", params=SETTINGS)
def printed(request, tmp_path_factory):
    """What each call printed in one setting: helps, and calls by their verb."""
    home = tmp_path_factory.mktemp("home")
    calls = [["--home", str(home), *verb.split(), *CALLS[verb][1:]] for verb in CALLS]
    helps = [[*words, "--help"] for words in HELPS]
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("terminal_calls.py")],
        input=json.dumps({**SETTINGS[request.param], "calls": [*helps, *calls]}),
        capture_output=True,
        text=True,
        check=True,
        cwd=home,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    results = json.loads(done.stdout)
    return (
        request.param,
        results[: len(helps)],
        dict(zip(CALLS, results[len(helps) :], strict=True)),
    )


def test_help_fits_a_terminal(printed):
    _, helps, _ = printed
    for words, (code, text) in zip(HELPS, helps, strict=True):
        assert code == 0, text
        assert "Options:" in text
        lines = text.replace("\r\n", "\n").split("\n")
        assert [line for line in lines if len(line) > NUM_COLUMNS] == [], words
        assert "\x1b" not in text


def test_calls_end_as_documented_and_without_a_traceback(printed):
    _, _, calls = printed
    for verb, (code, text) in calls.items():
        assert code == CALLS[verb][0], (verb, text)
        assert "Traceback" not in text, verb
        if code > 2:
            lines = [line for line in _ESCAPE.sub("", text).splitlines() if line]
            assert [line.split()[0] for line in lines[-3:]] == ["expected", "found", "do"], verb


def test_colours_are_for_terminals_that_have_them(printed):
    setting, _, calls = printed
    coloured = [verb for verb, (_, text) in calls.items() if "\x1b" in text]
    assert bool(coloured) == (setting == "terminal"), coloured
