import json
from pathlib import Path

import pytest

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.json_text import document_bytes
from aivj.contracts.run_meta import (
    AudioUse,
    Budget,
    PackProgress,
    PackTarget,
    Renderer,
    RunFailure,
    RunMeta,
    Runtime,
    Viewport,
    WebGl,
    read_run_meta,
    write_run_meta,
)
from aivj.errors import InputError

# A run of the original sampler, half way.
SAMPLE = """{
  "kind": "coupled_eval.v0", "startedAt": "2026-03-01T01:00:00.000Z", "finishedAt": null,
  "urlBase": "http://127.0.0.1:5174/", "vitePort": 5174, "vitePortMode": "auto",
  "coupledPick": "shuffle", "targetSamples": null,
  "budget": {"inputMaxHours": 0.2, "effectiveMaxHours": 0.2, "wasClamped": false,
    "startTimeIso": "2026-03-01T01:00:00.000Z", "deadlineTimeIso": "2026-03-01T01:12:00.000Z"},
  "coupledParams": null,
  "packs": [{"pack": "demo_pack", "manifestFile": "pairs-manifest.v0.json",
    "manifestPath": "public/presets/demo_pack/pairs-manifest.v0.json", "pairCount": 2,
    "uniquePairIds": 2, "targetCoverage": 0.99, "targetUniquePairs": 2}],
  "limits": {"maxHours": 0.2, "reloadEvery": 800},
  "timeouts": {"gotoMs": 30000, "viteReadyMs": 90000, "gotoWaitUntil": "domcontentloaded"},
  "timing": {"navTimeoutCount": 0, "navTotalMs": 0, "browserRestartCount": 0, "restartTotalMs": 0,
    "audioCheckCount": 1, "audioCheckFailCount": 0, "audioCheckTotalMs": 420,
    "sampleLoopStartIso": "2026-03-01T01:00:21.000Z"},
  "sample": {"downsampleSize": 12, "intervalMs": 250, "warmupSamples": 2, "measureSamples": 6},
  "stuck": {"pickTimeoutMs": 10000, "stuckMaxConsecutive": 3, "stuckMaxRestarts": 6,
    "browserMaxRestarts": 20},
  "heuristic": {"motionMin": 0.000015, "lumaMin": 0.06},
  "warnings": [], "fields": {"tMs": "Unix ms"},
  "progress": {"demo_pack": {"iter": 50, "visited": 2, "target": 2, "elapsedMin": 3.1}},
  "audio": {"requireAudio": true, "mode": "click",
    "requested": {"audioFile": null, "audioRoot": null}, "pickedFrom": "click", "audioFile": null},
  "browser": {"muteAudio": true, "startMaximized": false,
    "viewport": {"mode": "fixed", "width": 1280, "height": 720, "deviceScaleFactor": 1.5}},
  "runtime": {"gpuMode": "safe", "headed": true, "requireGpu": true,
    "webgl": {"ok": true, "vendor": "ExampleVendor", "renderer": "ANGLE (Example GPU)"}}
}
"""


def minimal(**changes: object) -> RunMeta:
    meta = RunMeta(
        started_at="2026-03-01T01:00:00.000Z",
        url_base="http://127.0.0.1:5174/",
        vite_port=5174,
        budget=Budget(
            input_max_hours=0.2,
            effective_max_hours=0.2,
            start_time_iso="2026-03-01T01:00:00.000Z",
            deadline_time_iso="2026-03-01T01:12:00.000Z",
        ),
        packs=[
            PackTarget(
                pack="demo_pack",
                manifest_path="public/presets/demo_pack/pairs-manifest.v0.json",
                pair_count=2,
                unique_pair_ids=2,
                target_unique_pairs=2,
            )
        ],
    )
    return meta.model_copy(update=changes)


def test_sample_is_read_and_written_with_the_same_keys_in_the_same_order(tmp_path: Path):
    path = tmp_path / "meta.json"
    path.write_text(SAMPLE)
    write_run_meta(path, read_run_meta(path))
    assert path.read_bytes() == document_bytes(json.loads(SAMPLE))


def test_defaults_are_the_samplers_own():
    sample = json.loads(SAMPLE)
    written = json.loads(document_bytes(minimal()))
    for key in ("timeouts", "sample", "stuck", "heuristic", "audio", "browser", "warnings"):
        assert written[key] == sample[key], key
    assert list(written) == [key for key in sample if key != "runtime"]
    assert written["limits"] == {"maxHours": 10.0, "reloadEvery": 800}


def test_fields_describe_every_key_of_a_row():
    fields = minimal().fields
    assert len(fields) == len(EvalRow.model_fields)
    assert list(fields)[:3] == ["tMs", "pack", "pair"]
    assert all(fields.values())


def test_our_keys_come_behind(tmp_path: Path):
    meta = minimal(
        runtime=Runtime(webgl=WebGl(ok=False, error="no context")),
        progress={"demo_pack": PackProgress(iter=0, visited=2, target=2, done=True)},
        audio=AudioUse(digest="0" * 64),
        driver="stage",
        seed=7,
        renderer=Renderer(renderer_class="llvmpipe", chromium_version="150", launch_args=["--x"]),
    )
    path = tmp_path / "meta.json"
    write_run_meta(path, meta)
    written = json.loads(path.read_text())
    assert list(written)[-4:] == ["runtime", "driver", "seed", "renderer"]
    assert written["runtime"]["webgl"] == {"ok": False, "error": "no context"}
    assert written["progress"]["demo_pack"] == {"iter": 0, "visited": 2, "target": 2, "done": True}
    assert list(written["audio"])[-1] == "digest"
    assert read_run_meta(path) == meta


def test_failures_keep_their_first_4000_characters():
    failure = RunFailure(code="UNKNOWN", message="m" * 9_000, stack="\ud800" * 9_000)
    assert failure.message == "m" * 4_000
    assert failure.stack is not None
    assert document_bytes(failure)


def test_maximized_viewport_has_no_size():
    viewport = Viewport(mode="maximized", width=None, height=None, device_scale_factor=None)
    assert json.loads(document_bytes(viewport)) == {"mode": "maximized"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"kind": "other.v0"}, "at kind"),
        ({"packs": []}, "at packs"),
        ({"budget": {}}, "at budget.inputMaxHours"),
        ({"vitePort": "5174"}, "at vitePort"),
        ({"coupledPick": "best"}, "at coupledPick"),
    ],
)
def test_other_documents_are_refused(tmp_path: Path, changes, place):
    path = tmp_path / "meta.json"
    path.write_text(json.dumps({**json.loads(SAMPLE), **changes}))
    with pytest.raises(InputError, match=place):
        read_run_meta(path)
