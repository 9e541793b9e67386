"""Evaluating and sweeping as the command line does, on a small pack with made-up measurements."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pipeline.tiny_pack import CONFIG, PACK, TinyPack

from aivj.contracts.pairs_quality import read_pairs_quality
from aivj.errors import InputError
from aivj.fleet.sweep_plan import SweepPlan
from aivj.pipeline.evaluating import evaluate
from aivj.pipeline.measuring import write_preset_measurements
from aivj.pipeline.requests import EvaluateRequest, LabelRequest, SweepRequest
from aivj.pipeline.sweeping import crown, sweep
from aivj.release.registry import CANDIDATE, current, model_name
from aivj.release.tracking import Tracker

NUM_PAIRS = 60

pytestmark = pytest.mark.filterwarnings(
    "ignore:.use_[a-z0-9_]+. is deprecated:DeprecationWarning",
    "ignore::FutureWarning",
)


@pytest.fixture
def labels(tmp_path: Path) -> LabelRequest:
    return TinyPack(tmp_path, NUM_PAIRS).write().labels()


@pytest.fixture
def tracker(new_tracking_store: Callable[[Path], str], tmp_path: Path) -> Tracker:
    return Tracker(new_tracking_store(tmp_path / "mlflow.db"))


def test_an_evaluation_is_a_table_a_page_and_a_run(
    labels: LabelRequest, tracker: Tracker, tmp_path: Path
) -> None:
    request = EvaluateRequest(
        labels=labels,
        config=CONFIG,
        output_dir=tmp_path / "out",
        num_folds=2,
        num_seeds=2,
        allow_cpu=True,
    )
    told: list[tuple[int, int]] = []
    with tracker.start("evaluate", params={}, tags={}) as run:
        outcome = evaluate(request, run, lambda *done: told.append(done))
    assert told[-1] == (24, 24)
    table = json.loads(outcome.table_path.read_text())
    assert set(table["models"]) == {
        *("net", "constant", "luma rule", "target", "logistic", "trees")
    }
    # Brightness alone made the target, so the rule that looks at it is right.
    assert table["models"]["luma rule"]["eval_spearman"]["mean"] == pytest.approx(1)
    assert table["verdicts"] == outcome.table.verdicts
    assert "luma rule" in outcome.page_path.read_text()
    logged = tracker.client.get_run(run.run_id).data.metrics
    assert logged["luma_rule_eval_spearman"] == pytest.approx(1)


@pytest.mark.usefixtures("ray_here")
def test_a_sweep_is_a_run_for_each_configuration_and_a_candidate(
    labels: LabelRequest, tracker: Tracker, tmp_path: Path
) -> None:
    plan = SweepPlan(num_configs=4, num_seeds=1, num_trials=2, max_concurrent=2)
    request = SweepRequest(
        labels=labels,
        config=CONFIG,
        plan=plan,
        takes_uri=str(tmp_path / "takes"),
        output_dir=tmp_path / "out",
        allow_cpu=True,
    )
    with tracker.start("sweep", params={}, tags={}) as run:
        outcome = sweep(request, tracker, run, lambda *_: None)
        # The best of four after some steps still tells nothing apart, which the gate refuses.
        eager = outcome.winner.config.model_copy(update={"epochs": 60, "learning_rate": 5e-3})
        (path,) = crown(request, replace(outcome.winner, config=eager), tracker, run)
    children = tracker.client.search_runs(
        [tracker.experiment_id], f"tags.`mlflow.parentRunId` = '{run.run_id}'"
    )
    winner = [child for child in children if child.info.run_name == f"winner {PACK} seed 0"]
    judged = [child for child in children if "rank" in child.data.metrics]
    assert len(judged) == len(outcome.results) == 4
    objectives = {child.data.metrics["rank"]: child.data.metrics["objective"] for child in judged}
    assert objectives[1] == pytest.approx(outcome.winner.objective)
    assert all("neg_weight" in child.data.params for child in children)
    quality = read_pairs_quality(path)
    assert [quality.provenance.run_id] == [child.info.run_id for child in winner]
    assert winner[0].data.params["epochs"] == "60"
    assert current(tracker, model_name(PACK), CANDIDATE) == 1
    assert "Objective and neg weight" in outcome.page_path.read_text()


def test_what_was_measured_of_presets_is_written_for_all_layers(
    labels: LabelRequest, tmp_path: Path
) -> None:
    write = measurements_of(labels, tmp_path / "more.parquet")
    assert write(labels.eval_paths) == 2 * NUM_PAIRS
    table = pq.read_table(tmp_path / "more.parquet")
    columns = ["content_hash", "luma", "log_motion", "log_response", "error_rate"]
    assert table.column_names == columns
    assert table["log_motion"].to_pylist() == [pytest.approx(-2)] * (2 * NUM_PAIRS)


def test_runs_without_layers_are_refused_and_nothing_is_written(
    labels: LabelRequest, tmp_path: Path
) -> None:
    (tmp_path / "empty.jsonl").write_bytes(b"")
    with pytest.raises(InputError, match="none in 0 rows"):
        measurements_of(labels, tmp_path / "more.parquet")([tmp_path / "empty.jsonl"])
    assert not (tmp_path / "more.parquet").exists()


def measurements_of(labels: LabelRequest, path: Path) -> Callable[[list[Path]], int]:
    return lambda eval_paths: write_preset_measurements(
        path,
        packs=labels.packs,
        packs_root=labels.packs_root,
        feature_store=labels.feature_store,
        eval_paths=eval_paths,
    )
