"""The fit on real Ray Train workers, one of which is killed.

That a single worker gives the very bytes of a fit in process is seen in `ray_jobs`.
"""

import threading
import time
from pathlib import Path

import psutil
import pytest
import torch
from fleet.bright_foregrounds import measured_pairs, with_negatives
from processes import descendants

from aivj.coupling import EpochMetrics, FitConfig, TrainingSet
from aivj.coupling.fit import fit
from aivj.errors import RunError
from aivj.fleet.training import fit_on_ray

# Few epochs: sums in another order differ in their last digit, and Adam makes more of it.
CONFIG = FitConfig(epochs=6, hidden_width=32, batch_size=128, seed=3)
DEADLINE_S = 600

# Ray Data 2.60, which Ray Train asks for its defaults, warns of options of its own.
pytestmark = pytest.mark.filterwarnings("ignore:.use_[a-z0-9_]+. is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def training_set() -> TrainingSet:
    return with_negatives(measured_pairs(300))


def train_workers() -> list[psutil.Process]:
    """Returns the train workers among the processes that this one started."""
    return [process for process, command in descendants() if "RayTrainWorker" in command]


def kill_a_worker_once_a_state_is_kept(storage: Path, killed: list[int]) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    workers: list[psutil.Process] = []
    while time.monotonic() < deadline_s:
        # Looked for before, since to look takes longer than a fit where much else is running.
        workers = workers or train_workers()
        if workers and any(storage.glob("coupling-*/checkpoint_manager_snapshot.json")):
            workers[0].kill()
            killed.append(workers[0].pid)
            return
        time.sleep(0.02)


def test_two_workers_share_each_batch_and_one_that_is_killed_is_replaced(
    training_set: TrainingSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    in_process = fit(training_set, CONFIG, device=torch.device("cpu"))
    killed: list[int] = []
    killer = threading.Thread(
        target=kill_a_worker_once_a_state_is_kept, args=(tmp_path / "states", killed), daemon=True
    )
    killer.start()
    reports: list[EpochMetrics] = []
    fitted = fit_on_ray(
        training_set,
        CONFIG,
        num_workers=2,
        use_gpu=False,
        storage_path="states",
        report=reports.append,
    )
    killer.join(DEADLINE_S)
    assert len(killed) == 1
    first, resumed_after = fitted.starts
    assert first == 0
    assert 1 <= resumed_after < CONFIG.epochs
    assert list(tmp_path.glob("states/coupling-*/checkpoint_*/fit_state.pt"))
    for name, value in in_process.net.state_dict().items():
        torch.testing.assert_close(fitted.net.state_dict()[name], value, atol=1e-4, rtol=1e-3)
    assert tuple(reports) == fitted.history
    losses = [[metrics.train_loss for metrics in run.history] for run in (fitted, in_process)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert fitted.dataset_digest == in_process.dataset_digest


def test_a_storage_path_that_cannot_be_used_is_an_error_with_a_remedy(
    training_set: TrainingSet, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError) as caught:
        fit_on_ray(
            training_set, CONFIG, use_gpu=False, storage_path=str(tmp_path / "file" / "below")
        )
    assert "NotADirectoryError" in caught.value.found
    assert "\n" not in caught.value.found
    assert "storage" in caught.value.remedy


def test_workers_that_the_cluster_has_no_room_for_are_not_waited_for_forever(
    training_set: TrainingSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S", "0.5")
    with pytest.raises(RunError) as caught:
        fit_on_ray(training_set, CONFIG, use_gpu=True, storage_path=str(tmp_path))
    assert "GPUs must suffice" in caught.value.remedy
