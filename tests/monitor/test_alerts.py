"""Each alert of ours in a run that has its fault, and none in one that is in order."""

import io

import pytest
from monitor.made_runs import STARTED_S, failure, row, write_run
from PIL import Image

from aivj.monitor.places import Places
from aivj.monitor.watches import Watches

NOW_S = STARTED_S + 7200


def kinds_of(folder, now_s=NOW_S):
    run = Watches(Places(folder.parent, eval_dir=folder), lambda: now_s).told(None).run
    return {alert.kind: alert for alert in run.alerts}


def rows_over(num, start_s, every_s=1.0, **figures):
    times = (int(1000 * (start_s + number * every_s)) for number in range(num))
    return [row(pair, t_ms=t_ms, **figures) for pair, t_ms in enumerate(times)]


DARK = {"okHeuristic": False, "reasons": ["too-dark"], "vizAvgLuma": 0.01}
STILL = {"okHeuristic": False, "reasons": ["low-motion"], "vizAvgFrameDelta": 1e-6}
IN_ORDER = rows_over(60, NOW_S - 60, audioResponse=0.1)
SOFTWARE = {
    "renderer": {"rendererClass": "llvmpipe", "chromiumVersion": "1", "launchArgs": []},
    "runtime": {"requireGpu": True, "webgl": {"ok": True, "renderer": "llvmpipe"}},
}

FAULTS = {
    "run_failed": {
        "meta": {
            "error": {"code": "FATAL_AUDIO", "message": "silent"},
            "finishedAt": "2026-03-01T02:00:00.000Z",
        }
    },
    "driver_gone": {"meta": {"driver": "stage"}},
    "software_renderer": {"meta": SOFTWARE},
    "audio_silent": {"rows": [*IN_ORDER, *rows_over(20, NOW_S, audioRms=0.0)]},
    "audio_deaf": {"rows": rows_over(50, NOW_S - 60, audioResponse=0.0)},
    "pair_not_changing": {"rows": [*IN_ORDER, *[row(7)] * 20]},
    "failure_rate": {"failures": [failure(pair) for pair in range(100, 120)]},
    "worker_lost": {
        "meta": {"timing": {"browserRestartCount": 20}, "stuck": {"browserMaxRestarts": 20}}
    },
    "data_too_dark": {"rows": rows_over(50, NOW_S - 60, audioResponse=0.1, **DARK)},
    "data_low_motion": {"rows": rows_over(50, NOW_S - 60, audioResponse=0.1, **STILL)},
    "rate_dropping": {"rows": [*rows_over(900, NOW_S - 4500), *rows_over(60, NOW_S - 60)]},
    "bad_lines": {"rows": [*IN_ORDER, "{broken"]},
}


def test_a_run_in_order_alarms_nobody(tmp_path):
    assert kinds_of(write_run(tmp_path / "run", IN_ORDER, now_s=NOW_S)) == {}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_and_no_other(tmp_path, kind):
    run = {"rows": IN_ORDER, "now_s": NOW_S, **FAULTS[kind]}
    assert list(kinds_of(write_run(tmp_path / "run", **run))) == [kind]


def test_nearly_all_dark_is_the_data_and_fewer_are_nothing(tmp_path):
    rows = rows_over(95, NOW_S - 60, audioResponse=0.1, **DARK)
    folder = write_run(tmp_path / "all", [*rows, *rows_over(5, NOW_S)], now_s=NOW_S)
    assert "that is the data, not the sampler" in kinds_of(folder)["data_too_dark"].message
    folder = write_run(tmp_path / "fewer", [*rows, *rows_over(6, NOW_S)], now_s=NOW_S)
    assert kinds_of(folder) == {}


def test_scores_that_collapsed_are_told_if_they_are_of_this_run(tmp_path):
    write_run(tmp_path / "runs" / "mine", IN_ORDER, now_s=NOW_S)
    path = tmp_path / "public" / "presets" / "demo_pack" / "pairs-quality.v0.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"qualityStats": {"std": 0.004}, "pairs": []}')
    watches = Watches(Places(tmp_path), lambda: NOW_S)
    assert [alert.kind for alert in watches.told("runs/mine").run.alerts] == ["std_collapse"]
    path.write_text('{"qualityStats": {"std": 0.04}, "pairs": []}')
    assert watches.told("runs/mine").run.alerts == []


def test_browsers_that_were_lost_while_it_was_watched_are_told(tmp_path):
    def lost(num):
        return {"timing": {"browserRestartCount": num}, "stuck": {"browserMaxRestarts": 200}}

    now_s = [NOW_S]
    folder = write_run(tmp_path / "run", IN_ORDER, meta=lost(3), now_s=NOW_S)
    watches = Watches(Places(tmp_path, eval_dir=folder), lambda: now_s[0])
    assert watches.told(None).run.alerts == []
    write_run(folder, IN_ORDER, meta=lost(14), now_s=NOW_S)
    assert [alert.kind for alert in watches.told(None).run.alerts] == ["worker_lost"]
    now_s[0] += 901
    write_run(folder, IN_ORDER, meta=lost(14), now_s=now_s[0])
    assert watches.told(None).run.alerts == []


@pytest.mark.parametrize(("luma", "kinds"), [(0.0, ["pictures_contradict"]), (0.5, [])])
def test_a_picture_that_is_not_its_rows_is_told(tmp_path, luma, kinds):
    rows = [*IN_ORDER, row(7, lastLuma=0.5)]
    folder = write_run(tmp_path / "run", rows, now_s=NOW_S)
    data = io.BytesIO()
    grey = round(255 * luma)
    Image.new("RGB", (16, 9), (grey, grey, grey)).save(data, "WEBP", lossless=True)
    path = folder / "thumbnails" / "demo_pack" / "7.webp"
    path.parent.mkdir(parents=True)
    path.write_bytes(data.getvalue())
    assert list(kinds_of(folder)) == kinds


def test_a_disk_that_is_nearly_full_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "shutil.disk_usage", lambda _: type("Usage", (), {"free": 1 << 30, "total": 1 << 40})
    )
    folder = write_run(tmp_path / "run", IN_ORDER, now_s=NOW_S)
    assert list(kinds_of(folder)) == ["disk_full"]
