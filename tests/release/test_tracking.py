"""What a run on a real MLflow store holds, and how it ends."""

import asyncio
import math

import pytest

from aivj.errors import RunError, StorageError
from aivj.release import Tracker
from aivj.release.registry import CANDIDATE, current, model_name, register_quality


def start(tracker, name="run", **options):
    return tracker.start(name, **{"params": {}, "tags": {}, **options})


def seen(tracker, run):
    return tracker.client.get_run(run.run_id)


def test_a_run_holds_what_it_was_given(tracker):
    with start(tracker, params={"lr": 0.1, "layers": [4, 2]}, tags={"pack": "p"}) as run:
        run.log_metrics(0, {"loss": 2.0, "auc": 0.5})
        run.log_metrics(1, {"loss": 1.0})
        run.set_tag("device", "cpu")
        run.log_params({"epochs": 2})
    stored = seen(tracker, run)
    assert stored.info.status == "FINISHED"
    assert stored.info.run_name == "run"
    assert stored.data.params == {"lr": "0.1", "layers": "[4, 2]", "epochs": "2"}
    assert stored.data.metrics == {"loss": 1.0, "auc": 0.5}
    assert (stored.data.tags["pack"], stored.data.tags["device"]) == ("p", "cpu")
    history = tracker.client.get_metric_history(run.run_id, "loss")
    assert [(metric.step, metric.value) for metric in history] == [(0, 2.0), (1, 1.0)]


def test_no_run_is_active_for_the_whole_process(tracker):
    import mlflow

    with start(tracker) as outer, start(tracker) as inner:
        assert mlflow.active_run() is None
        assert outer.run_id != inner.run_id


def test_a_run_is_found_below_its_parent(tracker):
    parent = start(tracker)
    child = start(tracker, parent=parent.run_id)
    found = tracker.client.search_runs(
        [tracker.experiment_id], f"tags.mlflow.parentRunId = '{parent.run_id}'"
    )
    assert [run.info.run_id for run in found] == [child.run_id]


def test_another_process_adds_to_a_run_that_was_begun_elsewhere(tracker):
    run = start(tracker)
    Tracker(tracker.uri).attach(run.run_id).log_metrics(3, {"loss": 1.5})
    stored = seen(tracker, run)
    assert stored.data.metrics == {"loss": 1.5}
    assert stored.info.status == "RUNNING"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError("no such thing"), "FAILED"),
        (SystemExit(3), "FAILED"),
        (KeyboardInterrupt(), "KILLED"),
        (asyncio.CancelledError(), "KILLED"),
    ],
)
def test_a_run_ends_as_its_block_did(tracker, error, status):
    with pytest.raises(type(error)), start(tracker) as run:
        raise error
    stored = seen(tracker, run)
    assert stored.info.status == status
    assert stored.data.tags["error"] == f"{type(error).__name__}: {error}"


def test_the_blocks_own_error_is_the_one_that_is_told(tracker):
    run = start(tracker)
    tracker.client.delete_run(run.run_id)
    with pytest.raises(ValueError, match="the cause") as caught, run:
        raise ValueError("the cause")
    assert "MLflow still shows run" in caught.value.__notes__[0]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_metric_that_is_no_number_is_refused_with_its_whole_step(tracker, value):
    run = start(tracker)
    with pytest.raises(RunError, match=r"finite metrics at step 4; found loss = "):
        run.log_metrics(4, {"auc": 0.5, "loss": value})
    assert seen(tracker, run).data.metrics == {}


def test_long_values_are_cut_visibly(tracker):
    run = start(tracker, params={"long": "x" * 7000, "fits": "y" * 6000}, tags={"t": "z" * 9000})
    data = seen(tracker, run).data
    assert data.params["long"].endswith("x... [cut from 7000 characters]")
    assert len(data.params["long"]) == 6000
    assert data.params["fits"] == "y" * 6000
    assert data.tags["t"].endswith("z... [cut from 9000 characters]")


def test_more_than_one_call_may_take_is_spread_over_several(tracker):
    params = {f"p{number}": number for number in range(250)}
    run = start(tracker, params=params)
    run.log_metrics(0, {f"m{number}": float(number) for number in range(1100)})
    data = seen(tracker, run).data
    assert len(data.params) == 250
    assert len(data.metrics) == 1100


def test_artifacts_lie_beside_the_database(tracker, tmp_path):
    (tmp_path / "scores.json").write_text("{}")
    run = start(tracker)
    assert run.log_artifact(tmp_path / "scores.json", "quality") == "quality/scores.json"
    assert run.log_artifact(tmp_path / "scores.json") == "scores.json"
    [stored] = (tmp_path / "mlflow" / "artifacts").rglob("quality/scores.json")
    assert stored.read_text() == "{}"


def test_a_missing_artifact_is_an_error(tracker, tmp_path):
    with pytest.raises(StorageError):
        start(tracker).log_artifact(tmp_path / "no.json")


def test_a_dataset_is_found_by_its_whole_digest(tracker):
    run = start(tracker)
    run.log_dataset("training set", digest="a1" * 32, num_rows=7, source="var/runs/x")
    [used] = seen(tracker, run).inputs.dataset_inputs
    assert used.dataset.name == "training set"
    assert used.dataset.digest == "a1" * 18
    assert used.dataset.profile == '{"num_rows": 7}'
    assert used.dataset.source == '{"uri": "var/runs/x"}'
    assert [(tag.key, tag.value) for tag in used.tags] == [
        ("mlflow.data.context", "training"),
        ("sha256", "a1" * 32),
    ]


def test_a_parameter_is_never_given_another_value(tracker):
    run = start(tracker, params={"lr": 1})
    run.log_params({"lr": 1})
    with pytest.raises(StorageError, match="lr"):
        run.log_params({"lr": 2})


def test_a_deleted_experiment_is_named_with_the_way_back(tracker):
    tracker.client.delete_experiment(tracker.experiment_id)
    with pytest.raises(StorageError, match=f"experiments restore -x {tracker.experiment_id}"):
        Tracker(tracker.uri)


def test_an_experiment_that_another_process_made_first_is_used(tracker, monkeypatch):
    found = Tracker._found
    looked = []

    def blind_once(self):
        looked.append(self)
        return None if len(looked) == 1 else found(self)

    monkeypatch.setattr(Tracker, "_found", blind_once)
    assert Tracker(tracker.uri).experiment_id == tracker.experiment_id


def test_a_server_takes_the_same_without_a_word(mlflow_server, tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")
    tracker = Tracker(mlflow_server.uri)
    (tmp_path / "scores.json").write_text("{}")
    with start(tracker, params={"lr": 1}, tags={"pack": "p"}) as run:
        run.log_metrics(0, {"loss": 2.0})
        run.log_dataset("set", digest="a" * 64, num_rows=1, source="x")
        artifact_path = run.log_artifact(tmp_path / "scores.json", "quality")
    version = register_quality(
        tracker, pack="p", run_id=run.run_id, artifact_path=artifact_path, digest="d", tags={}
    )
    assert seen(tracker, run).info.status == "FINISHED"
    assert seen(tracker, run).data.metrics == {"loss": 2.0}
    assert current(tracker, model_name("p"), CANDIDATE) == version
    [stored] = (mlflow_server.folder / "stored").rglob("scores.json")
    assert stored.read_text() == "{}"
    assert capfd.readouterr() == ("", "")
