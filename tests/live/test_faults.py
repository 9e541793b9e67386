"""Everything that the contract has a code or a reason for, on a page that does it on purpose."""

import json
from dataclasses import replace

from gate.tested_packs import MOVING, write_pack
from live.conftest import LEGAL, QUICK, ended, run_live

from aivj.browser.renderer import RendererReport
from aivj.contracts.run_folder import STUCK_PAIRS_NAME
from aivj.contracts.stuck_pairs import read_stuck_pairs
from aivj.errors import (
    OtherManifestError,
    RendererRefusedError,
    RunError,
    ServerNotReadyError,
    SilentAudioError,
)
from aivj.gate import run_check

SHORT = replace(QUICK, ready_timeout_ms=1000, stuck_max_restarts=0)
STUCK = replace(QUICK, pick_timeout_ms=1500, stuck_max_consecutive=2, stuck_max_restarts=1)


def test_a_sound_page_is_sampled_with_two_pages_and_keeps_every_rule(fake_own_browser, tmp_path):
    ran = fake_own_browser(music="click", live=replace(LEGAL, num_workers=2), reload_every=1)

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 3, 6]
    assert "reload iter=" in ran.log
    assert all(row.ok_heuristic for row in ran.rows)
    assert 0.28 < ran.rows[0].viz_avg_luma < 0.4
    report = run_check.check_run(ran.directory.path, packs_root=tmp_path / "public")
    assert not report.failed_checks


def test_picks_by_the_button_where_there_are_no_hooks(fake):
    ran = fake("no-hooks", target_samples=2)

    assert ran.error is None
    assert len(ran.rows) == 2
    assert "coupledInit ok=0" in ran.log


def test_a_page_that_never_gets_ready(fake):
    error = ended(fake("never-ready", live=SHORT), "UNKNOWN", "dom_ready:tested")

    assert isinstance(error, RunError)
    assert "getVerifyState" in str(error)


def test_a_page_that_does_not_load_the_first_time(fake):
    ran = fake("late", target_samples=1, live=replace(QUICK, goto_timeout_ms=2000))

    assert ran.error is None
    assert len(ran.rows) == 1
    assert "goto:warn1" in ran.log
    assert (ran.directory.path / "nav_fail_try1.png").read_bytes().startswith(b"\x89PNG")


def test_picks_that_do_not_advance(fake):
    ran = fake("stuck", after=2, live=STUCK)

    error = ended(ran, "UNKNOWN", "sampling")
    assert "recoveries" in str(error)
    assert "WARN pick-timeout phase=pick err=" in ran.log
    assert "RECOVER pick-timeout recoveries=1/1" in ran.log
    # The page that was loaded anew picks twice before it is stuck again.
    assert len(ran.rows) == len(set(ran.pairs)) == 2


def test_swiftshader_is_refused_where_a_gpu_is_required(fake, software_renderer):
    gpu = RendererReport("Google Inc. (NVIDIA)", "ANGLE (NVIDIA, L4, OpenGL 4.5)", "", "156")
    required = replace(software_renderer, policy="require", report=gpu)

    ran = fake(choice=required, page="renderer=ANGLE (Google, SwiftShader driver)")

    error = ended(ran, "FATAL_WEBGL_SWIFTSHADER", "webgl_probe:tested")
    assert isinstance(error, RendererRefusedError)
    assert "SwiftShader" in ran.meta.runtime.webgl.renderer
    assert ran.rows == []


def test_a_page_that_hears_nothing(fake):
    ran = fake("silent", music="click", live=replace(QUICK, audio_timeout_ms=500))

    error = ended(ran, "FATAL_AUDIO", "audio_probe:tested")
    assert isinstance(error, SilentAudioError)
    assert ran.meta.timing.audio_check_fail_count == 2
    assert "RESTART browser count=1/2 reason=audio-silent" in ran.log


def test_errors_of_the_page_stand_in_the_row(fake):
    ran = fake("page-error", target_samples=1)

    assert ran.error is None
    assert ran.rows[0].page_errors_since_last > 0
    assert ran.rows[0].reasons[0] == "pageerror"
    assert "[pageerror] the page has a defect" in ran.log


def test_complaints_on_the_console_too(fake):
    ran = fake("console-error", target_samples=1)

    assert ran.rows[0].console_errors_since_last > 0
    assert ran.rows[0].reasons == ["consoleerror"]


def test_a_page_with_another_manifest(fake):
    ran = fake("wrong-pair", after=2)

    error = ended(ran, "FATAL_MANIFEST_MISMATCH", "sampling")
    assert isinstance(error, OtherManifestError)
    assert "999" in str(error)
    assert ran.rows == []


def test_a_pair_that_is_replaced_is_measured_again(fake):
    ran = fake("replaced", after=2)

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 3, 6]
    assert ran.meta.progress["tested"].visited == 3


def test_a_page_that_shows_other_presets_than_it_says(fake):
    ran = fake("other-preset", after=3, live=replace(STUCK, stuck_max_restarts=0))

    ended(ran, "UNKNOWN", "sampling")
    assert "WARN pick-timeout phase=presetIds" in ran.log
    assert len(ran.rows) == 1


def test_what_was_not_measured_is_null(fake):
    ran = fake("no-luma", target_samples=1)

    row = ran.rows[0]
    assert (row.viz_avg_luma, row.viz_avg_frame_delta) == (None, None)
    assert row.reasons == ["no-luma", "no-motion-sample"]


def test_a_pair_that_the_page_cannot_show_is_a_failure(fake):
    ran = fake("refused")

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 6]
    assert [(row.pair, row.kind) for row in ran.failures] == [(3, "not-shown")]
    assert "an equation does not compile" in ran.failures[0].message
    [stuck] = read_stuck_pairs(ran.directory.path / STUCK_PAIRS_NAME).pairs
    assert (stuck.pair, stuck.kind, stuck.num_timeouts, stuck.has_failed) == (
        *(3, "not-shown"),
        *(0, True),
    )
    assert "an equation does not compile" in stuck.why


def test_a_runtime_that_says_yes_to_a_pick_that_failed(fake):
    ran = fake("refused", page="original=1", live=replace(QUICK, pick_timeout_ms=30_000))

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 6]
    assert [(row.pair, row.kind) for row in ran.failures] == [(3, "not-shown")]
    assert "an equation does not compile" in ran.failures[0].message
    # At once: nothing timed out.
    assert "pick-timeout" not in ran.log


def test_what_is_loaded_may_be_said_by_the_pair_s_own_url(fake):
    ran = fake(page="original=1")

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 3, 6]
    for row in ran.rows:
        assert row.preset_fg_id == f"coupled:tested:{row.pair}:fg"
        assert row.preset_bg_id == f"coupled:tested:{row.pair}:bg"


def test_a_preset_of_the_library_is_not_the_pair_whatever_the_ids_say(fake):
    live = replace(STUCK, stuck_max_restarts=0)
    ran = fake("other-preset", after=3, live=live, page="original=1")

    ended(ran, "UNKNOWN", "sampling")
    assert "WARN pick-timeout phase=presetIds" in ran.log
    assert len(ran.rows) == 1


def test_clicks_are_heard_though_most_moments_are_silent(fake):
    ran = fake(music="click", page="original=1", live=replace(LEGAL, interval_ms=500))

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 3, 6]
    assert all(row.audio_rms >= 0.0005 for row in ran.rows)


def test_a_page_that_loads_itself_anew_while_it_is_brought_up(fake):
    ran = fake(page="reloadsAtInit=2")

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 3, 6]
    assert "goto:warn2 the page loaded itself anew" in ran.log
    assert ran.meta.timing.browser_restart_count == 0


def test_a_page_that_never_stays(fake):
    ran = fake(page="reloadsAtInit=99", live=replace(QUICK, stuck_max_restarts=0))

    error = ended(ran, "UNKNOWN", "dom_ready:tested")
    assert "loads itself anew" in str(error) or "stays while" in str(error)


def test_a_page_that_loads_itself_anew_later(fake):
    ran = fake(after=3, page="reloadsAtPick=1")

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 3, 6]
    assert "RECOVER pick-timeout recoveries=1/1" in ran.log


def test_a_pair_that_never_comes_is_set_aside_and_costs_one_failure(fake, tmp_path):
    ran = fake(live=STUCK, page="lostPair=3")

    assert ran.error is None
    assert sorted(ran.pairs) == [0, 6]
    [failure] = ran.failures
    assert (failure.pair, failure.kind, failure.num_attempts) == (3, "pick-timeout", 2)
    assert failure.quarantined
    assert "pair=3 is set aside timeouts=1/2" in ran.log
    assert "pair=3 has failed timeouts=2/2" in ran.log
    report = json.loads((ran.directory.path / "stuck-pairs.json").read_text())
    [stuck] = report["pairs"]
    assert (stuck["pack"], stuck["pair"], stuck["numTimeouts"]) == ("tested", 3, 2)
    assert stuck["fgUrl"] == "/presets/tested/fg/p1.milk"
    assert stuck["hasFailed"]
    assert not [each for each in check(ran, tmp_path) if each == "logForm"]


def check(ran, tmp_path):
    return run_check.check_run(ran.directory.path, packs_root=tmp_path / "public").failed_checks


def test_a_server_that_is_not_there(tmp_path, software_renderer):
    write_pack(tmp_path / "public", [MOVING], [0.5])
    live = replace(SHORT, server_timeout_ms=100)

    ran = run_live(tmp_path, "http://127.0.0.1:9/", software_renderer, live=live)

    error = ended(ran, "FATAL_VITE_NOT_READY", "preflight:tested")
    assert isinstance(error, ServerNotReadyError)
    assert ran.meta.error.last_preflight.status == -1
    assert "goto:host-fallback host=http://localhost:9/" in ran.log


def test_running_out_of_time_is_a_normal_end(fake):
    ran = fake(rows_in_time=1)

    assert ran.error is ran.meta.error is None
    assert ran.meta.finished_at is not None
    assert len(ran.rows) == 1
    assert ran.meta.progress["tested"].done is False
    assert "[eval] time budget exhausted" in ran.log


def test_without_music_nothing_is_proved(fake):
    ran = fake("silent", target_samples=1)

    assert ran.error is None
    assert "audio:none ok=1 muted=1" in ran.log
    assert ran.rows[0].audio_clip == "none"
