import pytest
from gate.run_check.faults import FAULTS
from gate.run_check.good_run import NUM_ROWS, PACK, WEBGL

from aivj.gate.run_check import RULES, check_run

INAPPLICABLE_TO_A_GOOD_RUN = {"audioVaries", "errorCodes"}


def verdicts(report, verdict):
    return {name for name, result in report.checks.items() if result.verdict == verdict}


def test_a_good_run_passes_every_check_that_applies(good_run):
    report = check_run(good_run.path, packs_root=good_run.packs_root)
    assert report.passed, report.failed_checks
    assert verdicts(report, "not-applicable") == INAPPLICABLE_TO_A_GOOD_RUN
    assert check_run(good_run.path).passed


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.check}: {fault.name}")
def test_a_fault_fails_its_check_and_no_unconcerned_one(good_run, fault):
    fault.plant(good_run)
    report = check_run(good_run.path, packs_root=good_run.packs_root)
    assert set(report.failed_checks) == {fault.check, *fault.others}, report.failed_checks
    assert fault.found in report.checks[fault.check].found
    assert not report.passed


def test_every_check_has_a_fault_that_fails_it():
    assert {fault.check for fault in FAULTS} == {rule.name for rule in RULES}


def test_every_check_has_a_name_of_its_own():
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_without_a_description_only_the_rows_are_judged(good_run):
    good_run.meta_path.unlink()
    report = check_run(good_run.path)
    assert report.failed_checks == {"metaReadable": "nothing there"}
    assert {"evalRows", "keyOrder", "rowFields", "presetIds"} <= verdicts(report, "pass")
    assert {"reasonsFollow", "runEnded", "logSelfTest"} <= verdicts(report, "not-applicable")


def test_more_pairs_than_the_pack_has_are_found_without_its_manifest(good_run):
    good_run.edit_meta(lambda meta: meta["packs"][0].update(uniquePairIds=5))
    found = check_run(good_run.path).failed_checks
    assert found == {"pairsKnown": "11 pairs of tested, which has 5"}


def test_ids_beyond_the_number_of_pairs_are_right_ids(good_run):
    result = check_run(good_run.path).checks["pairsKnown"]
    assert result.verdict == "pass"
    assert "no --packs-root" in result.found


@pytest.mark.parametrize("pick", ["random", "weighted"])
def test_picked_runs_may_have_a_pair_again(good_run, pick):
    good_run.edit_row(2, pair=0, presetFgId="coupled:tested:0:fg", presetBgId="coupled:tested:0:bg")
    assert check_run(good_run.path).checks["pairsOnce"].verdict == "fail"
    good_run.edit_meta(lambda meta: meta.update(coupledPick=pick))
    assert check_run(good_run.path).checks["pairsOnce"].verdict == "not-applicable"


def test_a_shuffled_run_by_samples_may_begin_again(good_run):
    good_run.edit_row(2, pair=0)
    good_run.edit_meta(lambda meta: meta.update(targetSamples=10))
    assert check_run(good_run.path).checks["pairsOnce"].verdict == "fail"
    good_run.edit_meta(lambda meta: meta["packs"][0].update(uniquePairIds=9))
    assert check_run(good_run.path).checks["pairsOnce"].verdict == "pass"


def test_silence_is_right_where_no_audio_was_asked_for(good_run):
    good_run.edit_rows(audioRms=0.0, audioPeak=None)
    good_run.edit_meta(lambda meta: meta["audio"].update(mode="none"))
    good_run.edit_log("audio:click ok=1", "audio:none ok=0")
    good_run.edit_log("lastAudioRms=0.0832 lastAudioPeak=0.62", "lastAudioRms=0 lastAudioPeak=null")
    report = check_run(good_run.path)
    assert report.passed, report.failed_checks
    assert report.checks["audioHeard"].verdict == "not-applicable"


def test_a_software_renderer_is_right_where_no_gpu_was_required(good_run):
    renderer = "ANGLE (Mesa, llvmpipe (LLVM 19), OpenGL ES 3.2)"

    def edit(meta):
        meta["runtime"].update(requireGpu=False, gpuMode="off")
        meta["runtime"]["webgl"].update(vendor="Mesa", renderer=renderer)
        meta["renderer"]["rendererClass"] = "llvmpipe"

    good_run.edit_meta(edit)
    good_run.edit_rows(rendererClass="llvmpipe")
    good_run.edit_log(WEBGL.renderer, renderer)
    good_run.edit_log(WEBGL.vendor, "Mesa")
    report = check_run(good_run.path)
    assert report.passed, report.failed_checks
    assert report.checks["rendererAllowed"].verdict == "not-applicable"


def test_few_rows_may_be_alike(good_run):
    rows = good_run.eval_path.read_text().splitlines(keepends=True)
    good_run.eval_path.write_text("".join(rows[:7]))
    alike = verdicts(check_run(good_run.path), "not-applicable")
    assert {"lumaVaries", "motionVaries", "pairsChange"} <= alike


def test_a_row_that_measured_nothing_and_says_so_is_right(good_run):
    good_run.edit_row(
        3,
        vizAvgLuma=None,
        vizAvgFrameDelta=None,
        pmAvgLumaFg=None,
        pmAvgLumaBg=None,
        okHeuristic=False,
        reasons=["no-luma", "no-motion-sample"],
    )
    assert check_run(good_run.path).passed


def test_a_run_that_broke_off_may_be_ahead_of_its_progress(good_run):
    good_run.edit_meta(lambda meta: meta.update(finishedAt=None))
    good_run.edit_meta(lambda meta: meta["progress"][PACK].update(visited=5, done=None))
    good_run.edit_log(f"[eval] pack={PACK} done visited=11/11\n", "")
    assert set(check_run(good_run.path).failed_checks) == {"runEnded"}


def test_a_foreign_run_needs_nothing_that_is_ours(good_run):
    """What the original sampler writes: no driver, no stamps, no failures, table or pictures."""
    for path in (good_run.failures_path, good_run.table_path):
        path.unlink()
    for picture in good_run.path.glob("thumbnails/*"):
        picture.unlink()
    good_run.picture_path(0).parent.rmdir()
    lines = good_run.eval_path.read_text().splitlines()
    peaks = (f'"audioPeak":0.{number}' for number in range(5, 5 + NUM_ROWS))
    own = ',"driver":'
    cut = [
        line[: line.index(own)].replace('"audioPeak":0.62', peak) + "}"
        for line, peak in zip(lines, peaks, strict=True)
    ]
    good_run.eval_path.write_text("".join(f"{line}\n" for line in cut))

    def edit(meta):
        for key in ("driver", "seed", "renderer"):
            del meta[key]
        meta["progress"][PACK].update(iter=10, visited=10, done=False)

    good_run.edit_meta(edit)
    good_run.edit_log("done visited=11/11", "done visited=10/11")
    report = check_run(good_run.path, packs_root=good_run.packs_root)
    assert report.passed, report.failed_checks
    absent = {"failureRows", "failuresApart", "tableRows", "pictures", "rowStamps", "rendererClass"}
    assert absent <= verdicts(report, "not-applicable")
