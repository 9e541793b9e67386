"""Rows of the runtime's own sampler: 19 keys, a moment's level, an order that goes round."""

import json

import pytest
from gate.run_check.good_run import PACK, PAIRS, write_good_run

from aivj.gate import run_check

KEYS = (
    *("tMs", "pack", "pair", "warpDiff", "cxDiff", "quality01", "intensity01", "presetFgId"),
    *("presetBgId", "vizAvgLuma", "vizAvgFrameDelta", "pmAvgLumaFg", "pmAvgLumaBg", "audioRms"),
    *("audioPeak", "pageErrorsSinceLast", "consoleErrorsSinceLast", "okHeuristic", "reasons"),
)


@pytest.fixture
def judged(tmp_path):
    """Writes a run of so many rows in that form; returns the findings that are asked for."""
    run = write_good_run(tmp_path)

    def judge(pairs, edit=lambda _, row: row):
        template = json.loads(run.eval_path.read_text().splitlines()[0])
        lines = []
        for number, pair in enumerate(pairs):
            row = {key: template[key] for key in KEYS}
            ids = {
                f"preset{name}Id": f"coupled:{PACK}:{pair}:{name.lower()}" for name in ("Fg", "Bg")
            }
            row |= {"tMs": template["tMs"] + number, "pair": pair, **ids}
            row |= {"vizAvgLuma": 0.3 + 0.001 * number, "pmAvgLumaFg": 0.3, "pmAvgLumaBg": 0.3}
            lines.append(json.dumps(edit(number, row), separators=(",", ":")))
        run.eval_path.write_text("".join(f"{line}\n" for line in lines))
        run.failures_path.unlink(missing_ok=True)
        meta = json.loads(run.meta_path.read_text())
        for ours in ("driver", "seed", "renderer"):
            meta.pop(ours, None)
        meta |= {"coupledPick": "shuffle", "targetSamples": None}
        run.meta_path.write_text(json.dumps(meta))
        report = run_check.check_run(run.path, packs_root=run.packs_root)
        return set(report.failed_checks)

    return judge


def heard_in(share):
    def edit(number, row):
        level = 0.02 + 0.0001 * number if number % round(1 / share) == 0 else 0
        return {**row, "audioRms": level, "audioPeak": 4 * level}

    return edit


def test_clicks_that_most_moments_miss_are_music(judged):
    failed = judged(PAIRS * 20, heard_in(1 / 20))

    assert not failed & {"audioHeard", "audioVaries"}


def test_music_that_no_moment_meets_is_silence(judged):
    failed = judged(PAIRS * 20, lambda _, row: {**row, "audioRms": 0, "audioPeak": 0})

    assert "audioHeard" in failed


def still(luma, *numbers, **changes):
    def edit(number, row):
        if number not in numbers:
            return row
        figures = {"vizAvgLuma": luma, "vizAvgFrameDelta": 0, "pmAvgLumaFg": luma}
        return {**row, **figures, "pmAvgLumaBg": luma, **changes}

    return edit


def test_a_page_that_stalls_repeats_its_picture_which_does_not_move(judged):
    assert "figuresOwn" in judged(PAIRS, still(0.4321, 5, 6))
    # Dark, but of the very same moment.
    assert "figuresOwn" in judged(PAIRS, still(0, 5, 6, audioRms=0.0123, audioPeak=0.2))


def test_two_black_pictures_are_alike(judged):
    def edit(number, row):
        return still(0, 5, 6, audioRms=0.01 + 0.001 * number)(number, row)

    assert "figuresOwn" not in judged(PAIRS, edit)


def test_an_order_that_is_used_up_goes_round(judged):
    assert "pairsOnce" not in judged([*PAIRS, *PAIRS])
    assert "pairsOnce" not in judged([*PAIRS[2:], *PAIRS])


def test_a_pair_that_comes_again_before_all_were_there(judged):
    assert "pairsOnce" in judged([*PAIRS[:4], PAIRS[1], *PAIRS[4:]])
