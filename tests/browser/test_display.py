"""A display is on record while it is wanted, and goes whatever becomes of its keeper."""

import json
import tempfile

import psutil
import pytest

from aivj.browser.display import Display
from aivj.started import Process


@pytest.fixture
def records(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def records():
        told = [json.loads(path.read_text()) for path in tmp_path.rglob("*.json")]
        return [(each["kind"], Process(**each["process"])) for each in told]

    return records


async def test_a_display_goes_even_if_its_keeper_was_killed(records):
    display = Display()
    await display.open()
    [(kind, server)] = records()
    assert (kind, psutil.Process(server.pid).name()) == ("display", "Xvfb")
    psutil.Process(server.pid).parent().kill()
    assert server.is_alive
    await display.close()
    assert not server.is_alive
    assert records() == []
