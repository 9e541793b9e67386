"""A library audited by the command: on a real browser, both ways, then asked, told and repaired."""

import json
import shutil

import pytest

from aivj.contracts.jsonl_log import read_jsonl
from aivj.contracts.library_manifest import read_library_manifest
from aivj.contracts.preset_audit_stream import PresetAuditReader
from aivj.contracts.preset_repair import RepairRow
from aivj.presets.digest import content_hash

PRESETS = (
    "presets_milkdrop_200/Geiss - Virus Broth.milk",
    "presets_tryptonaut/martin - fresco flash - cainlien.milk",
)
BROWSER = ["--gpu", "software", "--executor", "in-process", "--workers", "1"]
SMALL = ["--width", "64", "--height", "36", "--warmup-frames", "2", "--measure-frames", "4"]
BLACK = "[preset00]\nfDecay=0\nfWaveAlpha=0\nfVideoEchoAlpha=0\n"
WHITE_SHADER = BLACK + "PSVERSION_COMP=2\ncomp_1=`shader_body { ret = 1; }\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory, corpus):
    place = tmp_path_factory.mktemp("audit")
    folder = place / "library" / "a"
    folder.mkdir(parents=True)
    for name in PRESETS:
        shutil.copy(corpus / name, folder)
    text = (corpus / PRESETS[0]).read_bytes()
    (folder / "the same again.milk").write_bytes(text.replace(b"\n", b"\r\n"))
    (folder / "black.milk").write_text(BLACK)
    (folder / "white.milk").write_text(WHITE_SHADER)
    return place


@pytest.fixture
def aivj(run_here, place):
    def call(*words):
        ended = run_here("--home", place / "home", *words)
        assert ended.exit_code == 0, ended.stderr
        return ended

    return call


def entries(out_dir):
    return {entry.file_name: entry for entry in PresetAuditReader(out_dir / "preset-audit.json")}


def test_by_takes(aivj, place, monkeypatch):
    out_dir = place / "home" / "artifacts" / "presets" / "audit"
    ended = aivj("audit", place / "library", *BROWSER, *SMALL)
    assert "4 different ones; probed 5" in ended.stdout
    found = entries(out_dir)
    assert found["black.milk"].quality.reasons == ["too-dark", "low-motion"]
    assert found["white.milk"].quality.reasons == ["too-bright", "low-motion"]
    assert found["the same again.milk"].quality == found["Geiss - Virus Broth.milk"].quality
    assert found["black.milk"].quality.is_crash_safe
    summary = json.loads((out_dir / "audit-summary.json").read_bytes())
    assert summary["totals"]["scanned"] == summary["totals"]["probed"] == 5

    monkeypatch.setattr("aivj.pipeline.taking.prove_renderer", None)
    monkeypatch.setattr("aivj.pipeline.taking.open_executor", None)
    before = found
    aivj("audit", "run", place / "library", *BROWSER, *SMALL)
    assert entries(out_dir) == before


def test_by_the_hook(aivj, place):
    out_dir = place / "compat"
    size = ["--probe-width", "64", "--probe-height", "36"]
    aivj("audit", "--probe", "compat", *size, *BROWSER, "--out-dir", out_dir, place / "library")
    found = entries(out_dir)
    assert found["black.milk"].quality.reasons == ["too-dark", "low-motion"]
    assert found["white.milk"].quality.avg_luma == pytest.approx(1.0)
    assert all(entry.quality.p95_render_ms > 0 for entry in found.values())
    assert all(entry.quality.render_ok for entry in found.values())


def test_asked_and_told(aivj, place):
    aivj("audit", place / "library", *BROWSER, *SMALL)
    asked = aivj("audit", "query", "SELECT reason, presets FROM v_reason_counts", "--json")
    rows = [json.loads(line) for line in asked.stdout.splitlines()]
    assert {"reason": "low-motion", "presets": 2} in rows
    table = aivj("audit", "query", "SELECT rel_path FROM entries", "--max-rows", "1")
    assert "and 4 rows more" in table.stderr
    told = aivj("audit", "snapshot", "--blacklist-mode", "crash", "--out-dir", place / "told")
    assert "scanned 5, probed 5" in told.stdout
    blacklist = json.loads((place / "told" / "preset-audit.blacklist.json").read_bytes())
    assert blacklist["badSourceRelPaths"] == []


def test_repaired(aivj, place):
    """What shines is the shader, and without it the preset is drawn as its waves have it."""
    out_dir = place / "repaired"
    source = place / "library" / "a" / "white.milk"
    before = source.read_bytes()
    words = ["--what", "quality", "--min-avg-luma", "0", "--out-dir", out_dir]
    source.write_text(WHITE_SHADER.replace("fWaveAlpha=0\n", "fWaveAlpha=4\nfWaveScale=3\n"))
    try:
        aivj("audit", place / "library", *BROWSER, *SMALL)
        ended = aivj("audit", "repair", *words, *BROWSER, *SMALL)
        assert "1 NoShaders" in ended.stdout
        rows = read_jsonl(out_dir / "repair-lineage.jsonl", RepairRow).rows
        (row,) = (row for row in rows if row.strategy == "NoShaders")
        assert row.source_rel_path == "a/white.milk"
        made = (out_dir / row.rel_path).read_bytes()
        assert content_hash(made) == row.content
        assert b"shader_body" not in made
        manifest = read_library_manifest(out_dir / "library-manifest.json")
        assert len(manifest.presets) == len(rows)
        assert f"repaired/{row.rel_path}" in {each.rel_path for each in manifest.presets}
        assert row.source_content == content_hash(source.read_bytes())
        found = entries(place / "home" / "artifacts" / "presets" / "audit")
        assert found["white.milk"].repair_written
        assert not found["black.milk"].repair_written
        again = aivj("audit", "repair", *words, *BROWSER, *SMALL)
        assert "repaired 0 of 1 presets" in again.stdout
        assert read_jsonl(out_dir / "repair-lineage.jsonl", RepairRow).rows == rows
    finally:
        source.write_bytes(before)
