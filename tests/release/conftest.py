"""MLflow's own server, and stores of it that are made already."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aivj.release import Tracker
from benchmarks.services.child import answers, free_port


class MlflowServer:
    """MLflow's own server, with artifacts that pass through it; may go away and come back."""

    def __init__(self, database: Path, folder: Path) -> None:
        port = free_port()
        self._command = [
            *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"),
            *("--port", str(port), "--workers", "1"),
            *("--backend-store-uri", f"sqlite:///{database}"),
            *("--artifacts-destination", str(folder / "stored")),
        ]
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.uri = f"http://127.0.0.1:{port}"

    def start(self) -> None:
        """Starts it unless it runs."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            self._command,
            cwd=self.folder,
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline_s = time.monotonic() + 120
        while time.monotonic() < deadline_s:
            assert self._process.poll() is None
            if answers(f"{self.uri}/health"):
                return
            time.sleep(0.1)
        raise TimeoutError(self.uri)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None


@pytest.fixture(scope="module")
def _module_server(
    new_tracking_store: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MlflowServer]:
    folder = tmp_path_factory.mktemp("server")
    new_tracking_store(folder / "server.db")
    server = MlflowServer(folder / "server.db", folder)
    yield server
    server.stop()


@pytest.fixture
def mlflow_server(_module_server: MlflowServer) -> MlflowServer:
    """A running server, the same for all tests of a module: eight seconds of a core to start."""
    _module_server.start()
    return _module_server


@pytest.fixture
def tracker(new_tracking_store: Callable[[Path], str], tmp_path: Path) -> Tracker:
    return Tracker(new_tracking_store(tmp_path / "mlflow" / "mlflow.db"))
