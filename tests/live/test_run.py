"""A small run against our own player, resumed, and judged by the rules for runs."""

import json
from dataclasses import replace

from live.conftest import LEGAL, run_live

from aivj.gate import run_check

# The player samples every 500 ms: two samples a pair.
PLAYER = replace(LEGAL, interval_ms=250, warmup_samples=1, measure_samples=2)


def test_a_run_against_our_player_is_resumed_and_keeps_every_rule(
    tmp_path, player_url, software_renderer
):
    first = run_live(
        tmp_path, player_url, software_renderer, live=PLAYER, music="groove", target_coverage=0.4
    )
    assert first.error is None
    assert len(first.rows) == first.meta.progress["tested"].visited == 2

    again = replace(PLAYER, num_workers=2)
    second = run_live(
        tmp_path,
        player_url,
        software_renderer,
        live=again,
        music="groove",
        target_coverage=1.0,
        resume=True,
    )
    assert second.error is None
    assert second.meta.progress["tested"].done
    assert sorted(second.pairs) == [0, 3, 6, 9, 12]
    assert second.rows[:2] == first.rows
    for row in second.rows:
        assert (row.driver, row.renderer_class, row.audio_clip) == (
            "live",
            software_renderer.report.renderer_class,
            "groove",
        )
        assert row.quality01 is not None
        assert row.viz_avg_luma > 0.06
        assert row.viz_avg_frame_delta > 0
        assert row.ok_heuristic
    assert second.meta.driver == "live"
    assert "self-test:ok" in second.log
    assert "seed-shuffle ok=1 missingFirst=3/5" in second.log

    report = run_check.check_run(second.directory.path, packs_root=tmp_path / "public")
    assert not report.failed_checks


def test_pairs_to_skip_and_entries_of_no_use_are_not_visited(
    tmp_path, player_url, software_renderer
):
    manifest = tmp_path / "public/presets/tested/pairs-manifest.v0.json"
    document = json.loads(manifest.read_text())
    # Not the pair that the page begins with: without a picture it is waited for 90 s.
    document["pairs"][2]["fgUrl"] = "/presets/tested/%2e%2e/secret.milk"
    document["pairs"].insert(0, None)
    manifest.write_text(json.dumps(document))

    ran = run_live(
        tmp_path,
        player_url,
        software_renderer,
        live=PLAYER,
        music="groove",
        skipped_pairs={"tested": frozenset({9})},
    )

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 3, 12]
    assert [(row.pair, row.kind) for row in ran.failures] == [(6, "bad-entry")]
    assert ran.meta.packs[0].skipped_pairs == [9]
    assert ran.meta.progress["tested"].done
    assert "projectm-ready ok=1" in ran.log
    report = run_check.check_run(ran.directory.path, packs_root=tmp_path / "public")
    assert not report.failed_checks
