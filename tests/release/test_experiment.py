import pytest

from aivj.errors import StorageError
from aivj.release import Tracker


@pytest.fixture(scope="module")
def tracker(new_tracking_store, tmp_path_factory):
    return Tracker(new_tracking_store(tmp_path_factory.mktemp("mlflow") / "mlflow.db"))


@pytest.fixture
def given(tmp_path):
    """A file that a run is given."""
    path = tmp_path / "net.bin"
    path.write_bytes(b"weights")
    return path


@pytest.fixture
def run(tracker, given):
    with tracker.start("recorded", params={}, tags={}) as run:
        run.log_metrics(1, {"loss": 0.7})
        run.log_metrics(2, {"loss": 0.1 + 0.2})
        run.log_artifact(given, "nets")
        yield run


def test_what_was_given_is_there(tracker, run, given):
    found = tracker.recorded_otherwise(run.run_id, {"loss": 0.3}, {"nets": [given]})
    assert found == []
    run.require_recorded({"loss": 0.3}, {"nets": [given]})


def test_another_last_figure_is_told(tracker, run):
    (told,) = tracker.recorded_otherwise(run.run_id, {"loss": 0.30000001}, {})
    assert told == "loss 0.30000000000000004, not 0.30000001"


@pytest.mark.parametrize(
    ("metrics", "change", "told"),
    [
        ({"loss": 0.7}, lambda _: None, r"loss 0\.3\d+, not 0\.7"),
        ({"auc": 0.5}, lambda _: None, "no auc"),
        ({}, lambda path: path.write_bytes(b"weighty"), "nets/net.bin sha256"),
    ],
)
def test_a_run_that_has_something_else_is_an_error(run, given, metrics, change, told):
    change(given)
    with pytest.raises(StorageError, match=told):
        run.require_recorded(metrics, {"nets": [given]})


def test_a_file_that_was_never_given_is_told(tracker, run, tmp_path):
    (tmp_path / "other.bin").write_bytes(b"")
    files = {"nets": [tmp_path / "other.bin"], "elsewhere": [tmp_path / "other.bin"]}
    found = tracker.recorded_otherwise(run.run_id, {}, files)
    assert found == ["no nets/other.bin", "no elsewhere/other.bin"]
