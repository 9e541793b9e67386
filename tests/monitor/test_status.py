"""The answer that other programs read, for runs of the form that the older sampler writes."""

import json
import os
from datetime import UTC, datetime

import pytest
from monitor.made_runs import META, STARTED_S, row, write_run

from aivj.contracts.json_text import row_bytes
from aivj.errors import InputError
from aivj.monitor.places import Places
from aivj.monitor.watches import Watches

NOW_S = STARTED_S + 3600


def status_of(places, now_s=NOW_S):
    return json.loads(row_bytes(Watches(places, lambda: now_s).status(None)))


@pytest.fixture
def project(tmp_path):
    write_run(
        tmp_path / "artifacts" / "coupled-eval" / "overnight-2026-03-01_010000",
        [row(7), row(0), row(7)],
        now_s=NOW_S,
        age_s=200,
    )
    return tmp_path


def test_a_run_of_the_older_form_is_told_to_the_letter(project, monkeypatch):
    monkeypatch.setenv("PATH", str(project / "empty"))
    folder = project / "artifacts" / "coupled-eval" / "overnight-2026-03-01_010000"
    mtime = datetime.fromtimestamp(NOW_S - 200, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
    quality = project / "public" / "presets" / "demo_pack" / "pairs-quality.v0.json"
    checkpoint = project / "outputs" / "coupling" / "models" / "coupling_net_final.pth"
    assert status_of(Places(project / "home", project)) == {
        "ok": True,
        "at": "2026-03-01T02:00:00.000Z",
        "stamp": "2026-03-01_010000",
        "evalDir": str(folder),
        "stage": "eval",
        "runStartedAt": "2026-03-01T01:00:00.000Z",
        "alerts": [{"level": "warn", "kind": "eval_stale", "message": "no update for 200s"}],
        "paths": {
            "runLog": "",
            "monitorLog": "",
            "watchLog": "",
            "metaJson": str(folder / "meta.json"),
            "evalJsonl": str(folder / "eval.jsonl"),
            "evalViteLog": str(folder / "vite.log"),
        },
        "eval": {
            "meta": META,
            "metaError": None,
            "derived": {
                "lines": 3,
                "parseFail": 0,
                "byPack": {"demo_pack": {"visitedUnique": 2}},
            },
            "derivedError": None,
            "last": row(7),
            "evalJsonl": {
                "sizeBytes": (folder / "eval.jsonl").stat().st_size,
                "mtime": mtime,
                "ageSec": 200,
            },
        },
        "outputs": {
            "qualities": [{"pack": "demo_pack", "path": str(quality), "exists": False}],
            "modelCheckpoint": {"path": str(checkpoint), "exists": False},
        },
        "gpu": {
            "nvidiaSmi": {
                "ok": False,
                "kind": "plain",
                "at": "2026-03-01T02:00:00.000Z",
                "stdout": "",
                "stderr": "",
            }
        },
    }


@pytest.mark.parametrize(
    ("age_s", "finished", "level"),
    [
        (179, None, None),
        (180, None, None),
        (181, None, "warn"),
        (600, None, "warn"),
        (601, None, "error"),
        (9999, "2026-03-01T01:30:00.000Z", None),
    ],
)
def test_a_run_that_stands_still_is_stale_and_one_that_ended_is_not(
    tmp_path, age_s, finished, level
):
    meta = {"finishedAt": finished}
    write_run(tmp_path / "run", [row(1)], meta=meta, now_s=NOW_S, age_s=age_s)
    alerts = status_of(Places(tmp_path, eval_dir=tmp_path / "run"))["alerts"]
    assert [alert["level"] for alert in alerts] == ([] if level is None else [level])


@pytest.mark.parametrize(
    ("renderer", "kinds"),
    [("ANGLE (Google, SwiftShader driver)", ["webgl_swiftshader"]), ("NVIDIA", []), (None, [])],
)
def test_a_renderer_on_the_cpu_is_told(tmp_path, renderer, kinds):
    meta = {"runtime": {"webgl": {"ok": True, "renderer": renderer}}}
    write_run(tmp_path / "run", [row(1)], meta=meta, now_s=NOW_S)
    alerts = status_of(Places(tmp_path, eval_dir=tmp_path / "run"))["alerts"]
    assert [alert["kind"] for alert in alerts] == kinds


def written(path, age_s):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"pack": "demo_pack", "qualityStats": {"std": 0.1}, "pairs": []}))
    os.utime(path, (STARTED_S - age_s, STARTED_S - age_s))


@pytest.mark.parametrize(
    ("finished", "checkpoint_age_s", "quality_age_s", "is_verified", "stage"),
    [
        (False, None, None, False, "eval"),
        (True, None, None, False, "eval_done"),
        (True, 60, 60, False, "eval_done"),
        (True, -60, None, False, "trained"),
        (False, -60, None, False, "trained"),
        (True, -60, -60, False, "scored"),
        (True, 60, -60, False, "scored"),
        (True, None, None, True, "verified_or_running"),
    ],
)
def test_the_stage_is_what_is_found_last(
    project, finished, checkpoint_age_s, quality_age_s, is_verified, stage
):
    run = project / "artifacts" / "coupled-eval" / "overnight-2026-03-01_010000"
    ended = "2026-03-01T01:59:00.000Z" if finished else None
    write_run(run, [row(1)], meta={"finishedAt": ended}, now_s=NOW_S)
    if checkpoint_age_s is not None:
        written(project / "outputs/coupling/models/coupling_net_final.pth", checkpoint_age_s)
    if quality_age_s is not None:
        written(project / "public/presets/demo_pack/pairs-quality.v0.json", quality_age_s)
    if is_verified:
        (project / "artifacts/headless-coupled/overnight-2026-03-01_010000").mkdir(parents=True)
    told = status_of(Places(project / "home", project))
    assert told["stage"] == stage
    [quality] = told["outputs"]["qualities"]
    assert quality.get("freshForRun") == (None if quality_age_s is None else quality_age_s < 0)


def test_what_cannot_be_read_is_said(tmp_path):
    folder = write_run(tmp_path / "run", now_s=NOW_S)
    (folder / "eval.jsonl").unlink()
    (folder / "meta.json").write_text('{"kind": NaN}')
    told = status_of(Places(tmp_path, eval_dir=folder))
    assert told["stage"] == "unknown"
    assert told["eval"]["metaError"].startswith("JSON parse failed: ")
    assert told["eval"]["derivedError"] == "eval.jsonl missing"
    (folder / "meta.json").unlink()
    assert status_of(Places(tmp_path, eval_dir=folder))["eval"]["metaError"] == "meta.json missing"


def test_no_run_at_all_is_told_too(tmp_path):
    told = status_of(Places(tmp_path))
    assert (told["stamp"], told["evalDir"], told["stage"]) == ("", "", "unknown")
    assert told["paths"]["metaJson"] == ""


def test_the_latest_night_is_looked_at_unless_a_stamp_says_which(project):
    folder = project / "artifacts" / "coupled-eval"
    write_run(folder / "overnight-2026-02-01_000000", [row(1)])
    write_run(folder / "other", [row(1)])
    os.utime(folder / "overnight-2026-02-01_000000", (1.0, 1.0))
    home = project / "home"
    assert status_of(Places(home, project))["stamp"] == "2026-03-01_010000"
    asked = Places(home, project, stamp="2026-02-01_000000")
    assert status_of(asked)["stamp"] == "2026-02-01_000000"
    write_run(home / "runs" / "mine", [row(1)], now_s=4e9)
    assert status_of(Places(home, project))["stamp"] == "mine"
    with pytest.raises(InputError, match="a run with the stamp 'none'"):
        Places(home, project, stamp="none").require()


def test_rows_that_are_read_only_in_part_are_not_told_as_all(tmp_path):
    folder = write_run(tmp_path / "run", [row(pair) for pair in range(20_000)], now_s=NOW_S)
    watches = Watches(Places(tmp_path, eval_dir=folder), lambda: NOW_S)
    told = watches.status(None, budget_s=0.0)
    assert told.eval.derived is None
    assert "is being read" in told.eval.derived_error
    while watches.told(None, budget_s=0.0).is_behind:
        pass
    assert watches.status(None).eval.derived.by_pack["demo_pack"].visited_unique == 20_000


def test_packs_of_a_record_lead_nowhere_else(tmp_path):
    packs = [META["packs"][0] | {"pack": name} for name in ("../../etc", "a/b", "", "..", "fine")]
    folder = write_run(tmp_path / "run", [row(1)], meta={"packs": packs}, now_s=NOW_S)
    told = status_of(Places(tmp_path, eval_dir=folder))
    assert [quality["pack"] for quality in told["outputs"]["qualities"]] == ["fine"]


def test_a_night_of_a_home_is_told_with_its_evidence_and_its_log(tmp_path):
    artifacts = tmp_path / "artifacts"
    packs = [META["packs"][0] | {"pack": name} for name in ("one", "two")]
    run = artifacts / "coupled-eval" / "overnight-x"
    write_run(run, [row(1, pack="one")], meta={"packs": packs}, now_s=NOW_S)
    for name, verdict in (("overnight-x", "passed"), ("overnight-x-two", "failed")):
        folder = artifacts / "headless-coupled" / name
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(json.dumps({"verdict": verdict, "checks": {}}))
    log = artifacts / "overnight-logs" / "run-coupled-quality-overnight.x.log"
    log.parent.mkdir()
    log.write_text("said")
    watches = Watches(Places(tmp_path), lambda: NOW_S)
    told = watches.told(None).run
    verdicts = [(each.kind, each.subject, each.verdict) for each in told.evidence]
    assert verdicts == [("verify", "one", "pass"), ("verify", "two", "fail")]
    status = watches.status(None)
    assert (status.stage, status.paths.run_log) == ("verified_or_running", str(log))
