"""Presets are drawn where no take exists of them, and no browser is asked where all are there."""

from dataclasses import replace
from pathlib import Path

import pytest
from pipeline.made_browsers import BROKEN, Browsers, stand_in

from aivj.audio.groove import groove
from aivj.packs.drawing import SeededDraw
from aivj.packs.scan import scan_presets
from aivj.pipeline.render_options import RenderOptions
from aivj.pipeline.taking import Studio
from aivj.takes.settings import RenderSettings
from aivj.takes.take import Drawn, TakeFailure

SETTINGS = RenderSettings(width=64, height=36, measure_frames=4)


@pytest.fixture
def browsers(tmp_path, monkeypatch, software_renderer) -> Browsers:
    made = Browsers()
    stand_in(made, monkeypatch, tmp_path, software_renderer)
    return made


@pytest.fixture
def presets(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.milk").write_text(f"warp={number}\n")
    (folder / "broken.milk").write_bytes(BROKEN)
    return sorted(
        SeededDraw(scan_presets(folder), purpose="test", seed=0), key=lambda each: each.data
    )


def studio(tmp_path: Path, told: list[object]) -> Studio:
    return Studio(
        home=tmp_path,
        conversion_cache=tmp_path / "cache",
        options=RenderOptions(gpu="software", takes_uri=str(tmp_path / "takes")),
        num_workers=lambda _: 1,
        clip=groove(),
        settings=SETTINGS,
        on_renderer=told.append,
        on_progress=lambda *counts: told.append(counts),
    )


def test_what_is_missing_is_drawn_once(tmp_path, browsers, presets, software_renderer) -> None:
    told: list[object] = []
    takes = studio(tmp_path, told).take(presets)
    outcomes = [take.outcome for take in takes.read([each.content_hash for each in presets])]
    kinds = [outcome.kind for outcome in outcomes if isinstance(outcome, TakeFailure)]
    assert kinds == ["unconvertible"]
    assert sum(isinstance(outcome, Drawn) for outcome in outcomes) == 3
    assert told == [software_renderer, (1, 4), (2, 4), (3, 4)]
    assert browsers.asked == {"renderer": 1, "preset": 3}


def test_no_browser_is_asked_where_all_are_there(tmp_path, browsers, presets) -> None:
    studio(tmp_path, []).take(presets[:2])
    browsers.asked.clear()
    again: list[object] = []
    takes = studio(tmp_path, again).take(presets[:2])
    assert all(preset.content_hash in takes for preset in presets[:2])
    assert browsers.asked == {}
    assert again == []


def test_a_renderer_that_was_proved_just_now_is_not_proved_again(
    tmp_path, browsers, presets, software_renderer
) -> None:
    replace(studio(tmp_path, []), proved=software_renderer).take(presets[1:3])
    assert browsers.asked == {"preset": 2}


def test_only_new_ones_are_drawn(tmp_path, browsers, presets) -> None:
    studio(tmp_path, []).take(presets[1:3])
    browsers.asked.clear()
    studio(tmp_path, []).take(presets)
    assert browsers.asked == {"renderer": 1, "preset": 1}


def test_other_settings_are_other_takes(tmp_path, browsers, presets) -> None:
    first = studio(tmp_path, [])
    other = replace(first, settings=replace(SETTINGS, measure_frames=5))
    first.take(presets[1:3])
    browsers.asked.clear()
    other.take(presets[1:3])
    assert browsers.asked["preset"] == 2
