"""`run-summary.json`: made of what stands on disk; whether a run is worth training on."""

import pytest
from gate.run_check.good_run import NUM_ROWS, PACK, write_good_run
from pipeline.compared_pack import ComparedPack

from aivj.contracts.run_summary import read_run_summary
from aivj.errors import GateError, InputError, NoSamplesError
from aivj.pipeline.run_summaries import require_worth_training, summarize_run


@pytest.fixture
def run(tmp_path):
    return write_good_run(tmp_path)


def summarized(run, *, checkpoint=None, evidence=()):
    return summarize_run(run.path, stamp="one", checkpoint=checkpoint, evidence=evidence)


def test_a_run_that_was_only_measured(run):
    found = summarized(run)
    summary = found.summary
    assert summary.outputs.total_samples == NUM_ROWS
    assert summary.outputs == found.of_pack[PACK]
    assert summary.inputs.packs == [PACK]
    assert summary.env.webgl_renderer == "ANGLE (NVIDIA GeForce RTX 4090)"
    assert (summary.training, summary.verify, summary.gate) == (None, None, None)
    assert read_run_summary(run.path / "run-summary.json") == summary
    require_worth_training(summary, 0.1)


def test_the_same_figures_keep_their_time(run):
    assert summarized(run).summary.generated_at == summarized(run).summary.generated_at


@pytest.mark.parametrize("passed", [True, False])
def test_the_verdict_joins_rows_and_verification(run, tmp_path, passed):
    pack = ComparedPack(tmp_path / "other").write()
    quality = pack.write_scores(pack.noisy_scores(0.1))
    evidence = pack.write_report(tmp_path / "evidence", quality, passed=passed)
    summary = summarized(run, checkpoint=tmp_path / "none", evidence=[evidence]).summary
    assert summary.verify.exit_code == (0 if passed else 7)
    assert summary.gate.verify_ok is summary.gate.passed is passed
    assert summary.completed_at is not None
    assert summary.training is None


def test_a_verification_that_did_not_end_is_none_that_passed(run, tmp_path):
    summary = summarized(run, evidence=[tmp_path / "nothing"]).summary
    assert summary.verify.exit_code != 0
    assert not summary.gate.passed


def test_too_few_good_pairs_are_not_worth_it(run):
    run.edit_rows(okHeuristic=False, reasons=["too-dark"], audioPeak=0.123)
    summary = summarized(run).summary
    assert summary.outputs.ok_rate == 0
    with pytest.raises(GateError, match="100% too dark"):
        require_worth_training(summary, 0.1)
    require_worth_training(summary, 0)


def test_nothing_measured_is_not_worth_it(run):
    run.write_rows(b"")
    with pytest.raises(NoSamplesError):
        require_worth_training(summarized(run).summary, 0)


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError):
        summarize_run(tmp_path, stamp="one", checkpoint=None, evidence=())
