"""No value of any option is a traceback: each is used, or refused in words, with a documented code.

The verbs run for real up to where they would start a browser, fit a net or wait for people.
"""

import asyncio
import re
from pathlib import Path
from typing import get_args

import pytest
from conftest import CORPUS, command_made_once
from pipeline.tiny_pack import PACK, TinyPack
from styles.made_presets import write_library

from aivj.cli.app import EPILOG, app
from aivj.errors import DeviceRefusedError, RendererRefusedError

AUDIT = Path(__file__).parents[1] / "contracts" / "golden" / "preset-audit.json"
DOCUMENTED = {int(code) for code in re.findall(r"\b(\d+) [a-z]", EPILOG)} - {130, 143}
NUMBERS = ("", "-1", "0", "1e309", "-1e309", "nan", "9" * 30)
TEXTS = ("", "../..", "x" * 5000, "ünï\u202e", "%00", "file://", "s3://", "-1")


def leaves(command, words=()):
    """Yields every verb with the words that call it."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, (*words, name))
    if not hasattr(command, "commands"):
        yield words, command


VERBS = dict(leaves(command_made_once(app)))
OPTIONS = [
    pytest.param(words, parameter, id="-".join([*words, parameter.name]))
    for words, command in VERBS.items()
    for parameter in command.params
    if not getattr(parameter, "is_flag", False)
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A home with a small pack and its measurements, and files that are not what they should be."""
    # So deep that `../..` holds nothing else, which verbs would read.
    place = tmp_path_factory.mktemp("outside") / "around" / "place"
    TinyPack(place / "home", num_pairs=4).write()
    write_library(place / "home" / "public", num_each=3)
    (place / "folder").mkdir()
    (place / "text").write_text("neither JSON nor music\n")
    (place / "empty").touch()
    (place / "presets").mkdir()
    for preset in sorted(CORPUS.rglob("*.milk"))[:3]:
        (place / "presets" / preset.name).write_bytes(preset.read_bytes())
    return place


@pytest.fixture
def baseline(place):
    """What each verb needs besides the option under test."""
    pack, evaluated = ("--pack", PACK), ("--extra-eval-jsonl", place / "home" / "eval.jsonl")
    learning = (*pack, *evaluated, "--neg-samples", "9", "--allow-cpu", "--out-dir", place / "out")
    return {
        ("demo",): ("--presets", place / "presets"),
        ("audit", "run"): (place / "presets", "--out-dir", place / "audited"),
        ("audit", "snapshot"): ("--in", AUDIT, "--out-dir", place / "snapshot"),
        ("library",): ("--pack", "lib", "--port", "0"),
        ("pack",): ("--pack", "drawn", "--presets", place / "presets", "--pairs", "9"),
        ("pairs",): ("--name", "chosen", "--presets", place / "presets"),
        ("diversity",): (*pack, "--out-dir", place / "varied"),
        ("pool", "draw"): ("--name", "pool", "--source", place / "presets", "--pool", "any"),
        ("pool", "check"): ("--name", PACK, "--audit", place / "text"),
        ("pool", "split"): ("--manifest", place / "text", "--audit", place / "text"),
        ("run-manifest",): ("--index", place / "text", "--out", place / "manifested"),
        ("sync",): ("--src-base", place, "--pack", "presets"),
        ("milk2", "sniff"): (place / "text",),
        ("milk2", "convert"): ("--pack", "doubles"),
        ("takes", "draw"): ("--presets", place / "presets"),
        ("frames",): ("--source-root", place / "presets", "--out-dir", place / "pictures"),
        ("check-frames",): ("--index", place / "text"),
        ("review-frames",): ("--index", place / "text"),
        ("embed",): ("--index", place / "text", "--allow-cpu"),
        ("styles", "teach"): ("--out-dir", place / "taught"),
        ("styles", "apply"): ("--pack", "lib"),
        ("cluster",): ("--pack", "lib", "--k", "2", "--mode", "text"),
        ("style-index",): ("--pack", "lib"),
        ("style-policy",): ("--pack", "lib"),
        ("check-style-index",): ("--manifest-url", "http://127.0.0.1:1/x/library-manifest.json"),
        ("head",): ("--out-dir", place / "pictures", "--allow-cpu"),
        ("lora",): ("--out-dir", place / "pictures", "--allow-cpu"),
        ("lora-dataset",): ("--out-dir", place / "pictures"),
        ("sample",): (*pack, "--out-dir", place / "run"),
        ("serve",): (*pack, "--port", "0"),
        ("prefer",): (*pack, "--port", "0", "--file", place / "preferences.jsonl"),
        ("elite",): (*pack, "--csv", place / "text"),
        ("evaluate",): learning,
        ("train",): learning,
        ("sweep",): learning,
        ("score",): pack,
        ("preset-features",): (*pack, "--eval-jsonl", place / "home" / "eval.jsonl"),
        ("verify",): (*pack, "--out-dir", place / "verified"),
        ("verify-check",): (),
        ("accept",): (*pack, "--out-dir", place / "accepted"),
        ("compare",): pack,
        ("promote",): pack,
        ("releases",): pack,
        ("rollback",): pack,
        ("bench-labels",): ("--library", place / "folder"),
        ("night",): (*pack, "--dry-run"),
        ("stats", "picks"): ("--quality", place / "text"),
        # Nobody listens there.
        ("submit",): ("train_coupling", "--address", "127.0.0.1:1"),
        ("jobs", "list"): ("--address", "127.0.0.1:1"),
        ("jobs", "status"): ("id", "--address", "127.0.0.1:1"),
        ("jobs", "logs"): ("id", "--address", "127.0.0.1:1"),
        ("jobs", "stop"): ("id", "--address", "127.0.0.1:1"),
    }


@pytest.fixture(scope="module")
def tracker(new_tracking_store, tmp_path_factory):
    """Opens one store for all: opening one takes a second."""
    uri = new_tracking_store(tmp_path_factory.mktemp("mlflow") / "mlflow.db")
    opened = []

    def open_tracker(*_args, **_options):
        from aivj.release.tracking import Tracker

        if not opened:
            opened.append(Tracker(uri))
        return opened[0]

    return open_tracker


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch):
    """Browsers are refused, nets are not fitted, and who serves is interrupted at once."""
    from aivj.coupling import device
    from aivj.pipeline import (
        evaluating,
        framing,
        labels,
        night_examination,
        rendering,
        sweeping,
        taking,
        training,
    )
    from aivj.release import ui

    def refuse_renderer(*_args, **_options):
        raise RendererRefusedError("a renderer", "a test", "do not ask")

    def read_labels(request, *_args):
        labels.read_training_set(request.labels, request.config)
        raise DeviceRefusedError("a device", "a test", "do not ask")

    def interrupt(*_args, **_options):
        raise KeyboardInterrupt

    for module in (rendering, taking, framing):
        monkeypatch.setattr(module, "prove_renderer", refuse_renderer)
    monkeypatch.setattr("aivj.doctor.examine", refuse_renderer)
    monkeypatch.setattr(night_examination, "examine", refuse_renderer)
    monkeypatch.setattr(device, "choose_device", lambda **_: None)
    for module, verb in ((training, "train"), (evaluating, "evaluate"), (sweeping, "sweep")):
        monkeypatch.setattr(module, verb, read_labels)
    monkeypatch.setattr(ui, "serve_ui", interrupt)
    monkeypatch.setattr(asyncio.Event, "wait", interrupt)


def given(words, baseline, parameter, value):
    """Returns a verb's arguments with one value in place of the usual one."""
    rest = list(baseline.get(words, ()))
    if parameter.param_type_name == "argument":
        return [*words, *rest, "--", value]
    for option in parameter.opts:
        while option in rest:
            place = rest.index(option)
            del rest[place : place + 2]
    return [*words, *rest, f"{parameter.opts[-1]}={value}"]


def absurd(parameter, place):
    """Returns values that nobody means, but for a zero here and there."""
    kind = parameter.type_descriptor.annotation
    if {int, float} & {kind, *get_args(kind)}:
        return NUMBERS
    paths = (place / "folder", place / "missing", place / "text" / "x", place / "text")
    # Nobody can read the last one, not even root.
    return (*TEXTS, *paths, place / "empty", Path("/proc/self/mem"))


@pytest.mark.parametrize(("words", "parameter"), OPTIONS)
def test_every_value_is_used_or_refused_in_words(
    place, baseline, tracker, run_here, monkeypatch, words, parameter
):
    monkeypatch.chdir(place)
    if parameter.name != "tracking_uri":
        for verb in ("head", "lora", "train", "evaluate", "sweep", "promote", "rollback"):
            monkeypatch.setattr(f"aivj.cli.{verb}.open_tracker", tracker)
    values = absurd(parameter, place)
    wrong = []
    for value in values:
        arguments = given(words, baseline, parameter, value)
        try:
            ended = run_here("--home", place / "home", *arguments)
        except Exception as error:  # noqa: BLE001 - what is looked for
            wrong.append((str(value)[:40], repr(error)[:200]))
            continue
        if not is_told(ended):
            wrong.append((str(value)[:40], ended))
    assert not wrong


def is_told(ended):
    """Whether a verb did its work, or said in its way why it does not."""
    lines = [line.split(" ")[0] for line in ended.stderr.splitlines() if line]
    if ended.exit_code not in DOCUMENTED or "Traceback" in ended.stderr:
        return False
    if ended.exit_code in {0, 2}:
        return ended.exit_code == 0 or "Error: " in ended.stderr
    return lines[-3:] == ["expected", "found", "do"]
