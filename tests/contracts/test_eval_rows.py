import json
import math
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.eval_rows import (
    MEASUREMENT_FIELDS,
    EvalLog,
    EvalRow,
    Reason,
    has_measurement,
    ok_heuristic,
    read_eval_rows,
)
from aivj.contracts.json_text import parse_json, row_bytes, validated

GOOD_ROW = (
    b'{"tMs":1767225600123,"pack":"demo_pack","pair":7,"warpDiff":null,"cxDiff":null,'
    b'"quality01":null,"intensity01":null,"presetFgId":"coupled:demo_pack:7:fg",'
    b'"presetBgId":"coupled:demo_pack:7:bg","vizAvgLuma":0.118,"vizAvgFrameDelta":0.00041,'
    b'"pmAvgLumaFg":0.121,"pmAvgLumaBg":0.114,"audioRms":0.083,"audioPeak":0.62,'
    b'"pageErrorsSinceLast":0,"consoleErrorsSinceLast":0,"okHeuristic":true,"reasons":[]}\n'
)
BAD_ROW = (
    b'{"tMs":1767225604456,"pack":"demo_pack","pair":0,"warpDiff":null,"cxDiff":null,'
    b'"quality01":null,"intensity01":null,"presetFgId":"coupled:demo_pack:0:fg",'
    b'"presetBgId":"coupled:demo_pack:0:bg","vizAvgLuma":0.02,"vizAvgFrameDelta":4e-06,'
    b'"pmAvgLumaFg":0.03,"pmAvgLumaBg":0.01,"audioRms":0.079,"audioPeak":0.58,'
    b'"pageErrorsSinceLast":0,"consoleErrorsSinceLast":1,"okHeuristic":false,'
    b'"reasons":["consoleerror","too-dark","low-motion"]}\n'
)
SAMPLES = [GOOD_ROW, BAD_ROW]

# What the monitor looks for in a line before it parses it.
MONITOR = re.compile(rb'"pack":"([^"]+)".*"pair":(\d+)')


def row(**changes: object) -> EvalRow:
    values = {"t_ms": 1, "pack": "demo_pack", "pair": 7, "ok_heuristic": True, "reasons": []}
    return EvalRow(**{**values, **changes})


@pytest.mark.parametrize("line", SAMPLES)
def test_samples_are_written_byte_for_byte(line):
    assert row_bytes(validated(EvalRow, parse_json(line, "it"), "it")) == line


def test_our_keys_follow_the_19_and_only_when_known():
    full = row(
        driver="stage",
        renderer_class="swiftshader",
        seed=0,
        composite_avg_luma=0.1,
        composite_avg_frame_delta=0.2,
        composite_color_r=0.3,
        composite_color_g=0.4,
        composite_color_b=0.5,
        fg_avg_frame_delta=0.6,
        bg_avg_frame_delta=0.7,
        luma_range=0.8,
        black_share=0.9,
        blown_share=1.0,
        degraded=["fg:warp"],
        render_ms_per_frame=12.5,
    )
    keys = list(json.loads(row_bytes(full)))
    assert keys[:19] == list(json.loads(SAMPLES[0]))
    assert " ".join(keys[19:]) == (
        "driver rendererClass seed compositeAvgLuma compositeAvgFrameDelta compositeColorR "
        "compositeColorG compositeColorB fgAvgFrameDelta bgAvgFrameDelta lumaRange blackShare "
        "blownShare degraded renderMsPerFrame"
    )
    assert list(json.loads(row_bytes(row()))) == keys[:19]


finite = st.floats(allow_nan=False, allow_infinity=False)
rows = st.builds(
    EvalRow,
    t_ms=st.integers(0, 2**52),
    pack=st.sampled_from(["demo_pack", "päck-2"]),
    pair=st.none() | st.integers(0, 2**53 - 1),
    viz_avg_luma=st.none() | finite,
    preset_fg_id=st.none() | st.text(alphabet=st.characters()),
    page_errors_since_last=st.integers(0, 9),
    ok_heuristic=st.booleans(),
    reasons=st.lists(st.text(alphabet=st.characters())),
    driver=st.sampled_from([None, "stage", "live"]),
    seed=st.none() | st.integers(),
    luma_range=st.none() | finite,
    degraded=st.none() | st.lists(st.sampled_from(["fg:warp", "bg:comp"])),
)


@given(rows)
def test_rows_read_back_and_the_monitor_finds_them(made):
    line = row_bytes(made)
    assert validated(EvalRow, parse_json(line, "it"), "it") == made
    found = MONITOR.search(line)
    if made.pair is None:
        assert found is None or b'"pair":null' in line
    else:
        assert found is not None
        assert (found[1].decode(), int(found[2])) == (made.pack, made.pair)


def test_measurement_fields_are_all_but_the_clock():
    assert set(EvalRow.model_fields) - set(MEASUREMENT_FIELDS) == {"t_ms", "render_ms_per_frame"}
    assert MEASUREMENT_FIELDS[:2] == ("pack", "pair")


@pytest.mark.parametrize(
    ("luma", "motion", "errors", "expected"),
    [
        (0.0601, 1.5e-5, (0, 0), []),
        (0.06, 1.0, (0, 0), ["too-dark"]),
        (0.96, 1.0, (0, 0), ["too-bright"]),
        (0.9599, 1.0, (0, 0), []),
        (0.5, 1.49e-5, (0, 0), ["low-motion"]),
        (0.5, 0.0, (0, 0), ["low-motion"]),
        (None, None, (0, 0), ["no-luma", "no-motion-sample"]),
        (math.nan, math.nan, (0, 0), ["no-luma", "no-motion-sample"]),
        (0.0, 0.0, (2, 1), ["pageerror", "consoleerror", "too-dark", "low-motion"]),
        (None, 1.0, (0, 3), ["consoleerror", "no-luma"]),
    ],
)
def test_checks_and_their_boundaries(luma, motion, errors, expected):
    assert ok_heuristic(luma, motion, *errors) == (not expected, expected)


def test_thresholds_can_be_moved():
    assert ok_heuristic(0.06, 0.001, 0, 0, luma_min=0.05, motion_min=0.001) == (True, [])
    assert ok_heuristic(0.06, 0.001, 0, 0, motion_min=0.002)[1] == ["too-dark", "low-motion"]


share = st.none() | st.floats(0, 1)


@given(share, share, st.tuples(st.integers(0, 2), st.integers(0, 2)), *[st.floats(0, 1)] * 2)
def test_reasons_come_in_their_order_and_decide(luma, motion, errors, luma_min, motion_min):
    ok, reasons = ok_heuristic(luma, motion, *errors, luma_min=luma_min, motion_min=motion_min)
    assert ok == (not reasons)
    assert reasons == [reason for reason in get_args(Reason) if reason in reasons]
    assert ("no-luma" in reasons) == (luma is None)
    assert ("no-motion-sample" in reasons) == (motion is None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"viz_avg_luma": 0.1, "viz_avg_frame_delta": 0.1}, True),
        ({"viz_avg_luma": 0.0, "viz_avg_frame_delta": 0.0}, False),
        ({"viz_avg_luma": 0.0, "viz_avg_frame_delta": 0.0, "pm_avg_luma_fg": 0.0}, True),
        ({"viz_avg_luma": 0.0, "viz_avg_frame_delta": 0.0, "pm_avg_luma_bg": 0.0}, True),
        ({"viz_avg_luma": 0.0, "viz_avg_frame_delta": 1e-9}, True),
        ({"viz_avg_luma": 0.1}, False),
        ({"viz_avg_frame_delta": 0.1}, False),
        ({}, False),
    ],
)
def test_rows_without_a_measurement_are_told_apart(changes, expected):
    assert has_measurement(row(**changes)) is expected


def test_reading_is_tolerant(tmp_path: Path):
    path = tmp_path / "eval.jsonl"
    foreign = json.loads(SAMPLES[0])
    odd_lines = [
        {**foreign, "pair": None},
        {**foreign, "pack": "other", "pair": 3, "reasons": ["seldom-heard-of"], "mood": "x"},
        {**foreign, "pair": "7"},
        {**foreign, "vizAvgLuma": "0.5"},
        {key: value for key, value in foreign.items() if key != "pack"},
    ]
    text = b"".join([*SAMPLES, *(row_bytes(line) for line in odd_lines), b"\n", SAMPLES[0][:-9]])
    path.write_bytes(text)
    read = read_eval_rows(path)
    assert [r.pair for r in read.rows] == [7, 0, None, 3]
    assert read.rows[3].reasons == ["seldom-heard-of"]
    assert read.num_bad_lines == 4


def test_log_appends_rows(tmp_path: Path):
    path = tmp_path / "eval.jsonl"
    path.write_bytes(SAMPLES[0] + SAMPLES[1][:50])
    with EvalLog(path) as log:
        log.append(row(pair=1))
    assert [r.pair for r in read_eval_rows(path).rows] == [7, 1]
