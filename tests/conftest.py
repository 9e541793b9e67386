"""What the whole suite shares: one proved software renderer, and the real presets."""

import asyncio
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from aivj.browser.choice import RendererChoice, choose_renderer
from aivj.cli import main

CORPUS = Path("/usr/share/projectM/presets")

# Before anything imports Ray, torch or MLflow.
os.environ.update(
    {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "HF_HUB_OFFLINE": "1",
    }
)

# How long an example takes is a matter for benchmarks, and of what else the machine does.
hypothesis.settings.register_profile("aivj", deadline=None)
hypothesis.settings.load_profile("aivj")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def run_here(monkeypatch, capsys):
    """Runs `aivj` in this process, which has imported most of it by now."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["aivj", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Ended(ended.value.code or 0, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The presets of Debian's projectm-data."""
    assert CORPUS.is_dir(), "`make setup` installs projectm-data"
    return CORPUS


@pytest.fixture(scope="session")
def software_renderer() -> RendererChoice:
    """A launch plan whose software renderer was proved."""
    return asyncio.run(choose_renderer("software"))
