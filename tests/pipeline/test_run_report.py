"""Any run's folder as a page: ours, of several packs, of the runtime's own sampler, and broken."""

import json

import pytest
from gate.run_check.good_run import FAILED_PAIR, PACK, PAIRS, write_good_run

from aivj.contracts.json_text import document_bytes, row_bytes
from aivj.contracts.pairs_manifest import read_pairs_manifest
from aivj.contracts.pairs_quality import (
    PairsQuality,
    Provenance,
    QualityPair,
    ScoringStats,
    quality_stats,
)
from aivj.contracts.scored_pack import presets_digest
from aivj.errors import InputError
from aivj.pipeline.run_report import write_run_report
from aivj.report.page import report_html
from aivj.report.run import run_data
from aivj.runs.directory import RunDirectory


@pytest.fixture
def run(tmp_path):
    return write_good_run(tmp_path)


@pytest.fixture
def gathered(run):
    return lambda: run_data(RunDirectory(run.path), packs_root=run.packs_root)


def picture(run, pack, pair, data=b"RIFF a picture"):
    path = RunDirectory(run.path).thumbnail_path(pack, pair)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_a_run_of_ours_with_its_pictures_and_without_scores(run, gathered):
    picture(run, PACK, PAIRS[0])
    data = gathered()

    assert (data.pack, data.quality, data.verdict) == (PACK, None, None)
    assert data.thumbnails == {PAIRS[0]: b"RIFF a picture"}
    assert [failure.pair for failure in data.failures] == [FAILED_PAIR]
    assert data.num_target == 11
    assert (data.renderer_class, data.is_software) == ("nvidia", False)
    assert data.preset_names[PAIRS[0]] == (f"coupled:{PACK}:0:fg", f"coupled:{PACK}:0:bg")
    html = report_html(data)
    assert "The pairs are not scored: nothing says yet which are best." in html
    assert "Nothing was judged" in html


def test_scores_of_the_pack_order_the_page(run, gathered):
    scores = {pair: 0.9 - pair / 100 for pair in PAIRS}
    quality = PairsQuality(
        generated_at="2026-03-01T05:00:00Z",
        pack=PACK,
        quality_stats=quality_stats(list(scores.values())),
        stats=ScoringStats(total_pairs=len(scores), scored_pairs=len(scores)),
        pairs=[QualityPair(pair=pair, quality01=score) for pair, score in scores.items()],
    )
    path = run.manifest_path.with_name("pairs-quality.v0.json")
    path.write_bytes(document_bytes(quality))

    assert {each.pair: each.quality01 for each in gathered().quality.pairs} == scores
    assert "Best pairs" in report_html(gathered())


def test_pairs_of_several_packs_are_told_apart(run, gathered):
    line = json.loads(run.eval_path.read_text().splitlines()[0])
    run.append(run.eval_path, row_bytes({**line, "pack": "other"}).decode())
    picture(run, PACK, PAIRS[0], b"RIFF one")
    picture(run, "other", PAIRS[0], b"RIFF other")

    data = gathered()

    labels = {data.pair_labels[row.pair]: row.pair for row in data.rows}
    assert len(labels) == len(data.rows)
    assert data.thumbnails[labels["other 0"]] == b"RIFF other"
    assert data.thumbnails[labels[f"{PACK} 0"]] == b"RIFF one"
    html = report_html(data)
    assert "#other 0<" in html
    assert f"(pairs {PACK} {FAILED_PAIR})" in html


def test_rows_of_the_runtimes_own_sampler(run, gathered):
    """They have no driver, no renderer class, and presets by address; there may be no picture."""
    lines = [json.loads(line) for line in run.eval_path.read_text().splitlines()]
    for line in lines:
        for name in ("driver", "rendererClass", "compositeAvgLuma"):
            line.pop(name, None)
        line["presetFgId"] = "/presets/p/fg/A%20dance.milk"
    run.eval_path.write_text("".join(row_bytes(line).decode() for line in lines))
    run.edit_meta(lambda meta: [meta.pop(name, None) for name in ("renderer", "driver", "render")])
    run.failures_path.unlink()

    data = gathered()

    assert data.preset_names[PAIRS[0]][0] == "A dance"
    assert (data.renderer_class, data.chromium_version) == ("nvidia", "")
    assert "of an unknown build" in report_html(data)


def test_what_is_missing_is_said(run, gathered):
    run.edit_meta(lambda meta: meta.update(finishedAt=None))
    run.append(run.eval_path, "no row\n")
    assert gathered().notices == [
        "The run has not finished.",
        "1 lines of eval.jsonl cannot be read and are left out.",
    ]
    run.meta_path.unlink()
    assert gathered().notices[0] == "Without a description of the run: nothing there."
    assert gathered().is_software is False  # the rows still tell


def test_what_is_another_pack_now_is_said(run, gathered, tmp_path):
    scores = dict.fromkeys(PAIRS[:2], 0.5) | dict.fromkeys(PAIRS[2:], 0.7)
    quality = PairsQuality(
        generated_at="2026-03-01T05:00:00Z",
        pack=PACK,
        quality_stats=quality_stats(list(scores.values())),
        stats=ScoringStats(total_pairs=len(scores), scored_pairs=len(scores)),
        provenance=Provenance(
            presets_digest=presets_digest(read_pairs_manifest(run.manifest_path), run.packs_root)
        ),
        pairs=[QualityPair(pair=pair, quality01=score) for pair, score in scores.items()],
    )
    run.manifest_path.with_name("pairs-quality.v0.json").write_bytes(document_bytes(quality))
    page = tmp_path / "page.html"
    write_run_report(run.path, page, packs_root=run.packs_root)
    assert gathered().notices == []
    assert "✓ Check of the run passed" in page.read_text()

    run.preset_path("fg").write_bytes(b"decay=0.9")

    (notice,) = gathered().notices
    assert notice.startswith(f"The scores are not of pack {PACK} as it is: its pairs' presets")
    write_run_report(run.path, page, packs_root=run.packs_root)
    assert "fg/p.milk is another file now" in page.read_text()


def test_a_folder_that_is_no_run(tmp_path, run):
    with pytest.raises(InputError) as error:
        write_run_report(tmp_path / "no run", None, packs_root=run.packs_root)
    assert "aivj runs" in error.value.remedy


def test_the_page_says_what_check_run_says(run, run_here):
    run.edit_row(6, audioRms=0.0)

    ended = run_here("report", run.path, "--packs-root", run.packs_root)

    assert ended.exit_code == 0
    assert ended.stdout.strip() == str(run.path / "report.html")
    html = (run.path / "report.html").read_text()
    assert "✗ Check of the run not passed" in html
    assert "line 6: audioRms is 0.0" in html
