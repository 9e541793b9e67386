"""What the whole suite shares: one proved software renderer, and the real presets."""

import asyncio
import os
import secrets
from pathlib import Path

import hypothesis
import pytest

from aivj.browser.choice import RendererChoice, choose_renderer

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


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The presets of Debian's projectm-data."""
    assert CORPUS.is_dir(), "`make setup` installs projectm-data"
    return CORPUS


@pytest.fixture(scope="session")
def software_renderer() -> RendererChoice:
    """A launch plan whose software renderer was proved."""
    return asyncio.run(choose_renderer("software"))
