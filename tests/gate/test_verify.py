"""Real presets pass the release gate with all evidence; foreign pages are judged."""

import json
import shutil
import zipfile

import pytest
from gate.tested_packs import MOVING, write_pack

from aivj.errors import InputError
from aivj.gate.arms import Sampling
from aivj.gate.features import FEATURES
from aivj.gate.seen import JUDGES
from aivj.gate.verify_check import judge_evidence, load_evidence, required_in
from aivj.stage import assets
from aivj.stage.server import StageServer

PNG_START = b"\x89PNG\r\n\x1a\n"
SCORES = [0.2, 0.4, 0.6, 0.9]


async def test_a_pack_of_real_presets_passes_the_release_gate_with_all_evidence(
    verify, corpus, tmp_path
):
    files = sorted(corpus.glob("presets_stock/*.milk"))
    presets = [path.read_bytes() for path in files[:: len(files) // 6][:6]]
    pack = write_pack(tmp_path, presets, [0.1, 0.3, 0.5, 0.6, 0.8, 0.95])
    said = []
    done = await verify(
        pack.name,
        packs_root=pack.root,
        mode="release",
        features=True,
        measure_ms=1000,
        heartbeat_s=0.5,
        on_progress=said.append,
    )
    assert done.gate.passed, done.gate.failed_checks
    assert done.report.passed
    assert {*JUDGES, *(feature.name for feature in FEATURES if not feature.asked)} == (
        set(done.report.checks)
    )
    for name in required_in("release") & set(done.report.checks):
        assert done.report.checks[name].ok, name
    assert done.report.uplift.low95 > 0
    assert done.report.uplift.weighted.samples == done.report.uplift.shuffle.samples == 200
    assert [text for text in said if " s: " not in text] == [
        "weighted arm",
        "shuffle arm",
        "features",
    ]
    assert any(text.endswith(" s: weighted arm") for text in said)

    evidence = tmp_path / "evidence"
    document = json.loads((evidence / "report.json").read_text())
    assert (document["schemaVersion"], document["verdict"]) == (1, "passed")
    assert (document["mode"], document["deviceScaleFactor"]) == ("release", 1.0)
    checks = document["checks"]
    assert checks["perfCaps"]["caps"]["audioAnalysisFpsCap"] in {30, 45, 60}
    assert checks["audioDrivePresets"]["results"]["punch"]["attackMs"] == 80
    assert checks["presetLoadShedding"]["during"]["pmAudioFeedIntervalMs"] == {
        "fg": 70.0,
        "bg": 120.0,
    }
    assert document["selStats"]["coupledPickModeCounts"] == {"weighted": 200, "shuffle": 200}
    assert (
        document["uplift"]["weighted"]["avgQuality"] > document["uplift"]["shuffle"]["avgQuality"]
    )
    assert {path.name for path in evidence.iterdir()} == {
        "report.json",
        "schema-check.json",
        *document["artifacts"].values(),
    }
    assert set(document["artifacts"]) == {
        "console",
        "pageErrors",
        "weightedScreenshot",
        "shuffleScreenshot",
        "trace",
        "frameTime",
        "budgetDynamics",
    }
    for name in ("weighted.png", "shuffle.png"):
        assert (evidence / name).read_bytes().startswith(PNG_START)
    with zipfile.ZipFile(evidence / "trace.zip") as trace:
        assert any(name.endswith(".trace") for name in trace.namelist())
    frame_time = json.loads((evidence / "frame-time.json").read_text())
    assert frame_time["n"] >= 20
    assert 0 < frame_time["minMs"] <= frame_time["p50Ms"] <= frame_time["p95Ms"]
    assert sum(column["count"] for column in frame_time["histogram"]) == frame_time["n"]
    budget = json.loads((evidence / "budget-dynamics.json").read_text())
    assert budget["ok"] is True
    assert budget["checks"]["levelChanged"] is True
    assert json.loads((evidence / "schema-check.json").read_text())["ok"] is True
    assert (evidence / "page-errors.log").read_bytes() == b""
    lines = (evidence / "browser-console.log").read_text().splitlines()
    assert len(lines) == document["counts"]["console"]
    selections = [line for line in lines if "[sel] mode=weighted pack=tested pair=" in line]
    assert len(selections) >= 202

    again = load_evidence(evidence, mode="release", packs_root=pack.root)
    assert judge_evidence(again, source=done.gate.evidence).checks == done.gate.checks
    software_rules = [name for name, each in done.gate.checks.items() if "software" in each.found]
    assert software_rules == ["frameRate"]


async def test_a_pack_name_that_is_a_path_is_refused(verify, tmp_path):
    with pytest.raises(InputError):
        await verify("../secrets", packs_root=tmp_path)


# What the runtime's page contract calls optional, as the player's bundle spells it.
OPTIONAL = (
    "sampleCoupledPicks: (",
    "getPerfCaps: (",
    "triggerPresetLoadPressure: (",
    "getPerformanceBudgetStats: (",
    "manifest: active && {",
)


async def test_what_a_foreign_page_lacks_is_not_applicable(
    verify, converter, clip, tmp_path, monkeypatch
):
    pack = write_pack(tmp_path, [MOVING] * 4, SCORES)
    dist = tmp_path / "dist"
    shutil.copytree(assets.DIST, dist)
    player = (dist / "player.js").read_text()
    for spelled in OPTIONAL:
        assert spelled in player
        player = player.replace(spelled, f"lacking{spelled}")
    (dist / "player.js").write_text(player)
    monkeypatch.setattr(assets, "DIST", dist)

    def convert(data: bytes) -> bytes:
        return converter.convert(data).model_dump_json().encode()

    shown = "coupled=1&coupledPack=tested&theme=dark"
    server = StageServer(packs_root=pack.root, clips={"music": clip}, convert=convert)
    async with server:
        done = await verify(
            pack.name,
            packs_root=pack.root,
            url=f"{server.origin}/?{shown}",
            preset_library="mega",
            features=True,
            measure_ms=200,
            sampling=Sampling(num_shown=5, clicks=9, click_delay_ms=0),
        )
    checks = done.report.checks
    assert done.report.url.startswith(f"{server.origin}/?theme=dark&presetLibrarySource=mega&")
    assert checks["dualRandom"].ok is True, checks["dualRandom"].reason
    assert checks["scoresMerged"].ok is True, checks["scoresMerged"].reason
    lacking = ("manifestActive", "perfCaps", "audioDrivePresets", "presetLoadShedding")
    assert {name: checks[name].ok for name in (*lacking, "budgetDynamics")} == dict.fromkeys(
        (*lacking, "budgetDynamics")
    )
    assert list(done.report.failed_checks) == ["pickUplift"]
    assert "8 samples in an arm" in done.report.failed_checks["pickUplift"]
    assert all(done.gate.checks[name].verdict == "not-applicable" for name in lacking)
    assert done.report.sel_stats.clicks_used == 10
    released = load_evidence(tmp_path / "evidence", mode="release", packs_root=pack.root)
    failed = judge_evidence(released, source="").failed_checks
    assert failed["perfCaps"] == "the page does not have it"
