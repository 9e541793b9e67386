"""Everything here runs on the Ray of this process."""

import pytest


@pytest.fixture(autouse=True)
def _on_ray(ray_here: None) -> None:
    """Brings it up."""
