import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import psutil
import pytest
from processes import descendants

from aivj.packs import feature_extraction
from aivj.packs.feature_extraction import NUM_FEW, Extraction, extract
from aivj.packs.scan import PresetFile


@pytest.fixture(scope="module")
def presets(corpus: list[PresetFile]) -> list[tuple[str, bytes]]:
    """A few more than are done in this process."""
    return [(preset.relative_path, preset.path.read_bytes()) for preset in corpus[: NUM_FEW + 150]]


def workers() -> list[psutil.Process]:
    return [process for process, command in descendants() if "spawn_main" in command]


def test_processes_give_what_this_one_gives(presets: list[tuple[str, bytes]]) -> None:
    here = Extraction()(presets)
    there = list(extract(iter(presets)))
    assert len(there) > 1
    assert [name for batch in there for name in batch.file_hashes] == here.file_hashes
    assert [name for batch in there for name in batch.content_hashes] == here.content_hashes
    assert np.array_equal(np.concatenate([batch.values for batch in there]), here.values)
    assert workers() == []


def test_few_need_no_processes(
    presets: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(feature_extraction, "_in_processes")
    few = presets[: NUM_FEW - 1]
    assert sum(len(batch.file_hashes) for batch in extract(iter(few))) == len(few)


def test_a_killed_worker_loses_nothing(presets: list[tuple[str, bytes]]) -> None:
    def killing() -> Iterator[tuple[str, bytes]]:
        yield from presets[:-1]
        for worker in workers():
            worker.kill()
        yield presets[-1]

    found = [name for batch in extract(killing()) for name in batch.file_hashes]
    assert found == [name for name, _ in presets]


def test_workers_end_with_their_owner() -> None:
    script = (
        "from aivj.packs.feature_extraction import extract\n"
        "def endless():\n"
        "    while True: yield 'x', b'zoom=1'\n"
        "if __name__ == '__main__':\n"
        "    batches = extract(endless())\n"
        "    next(batches)\n"
        "    print('ready', flush=True)\n"
        "    for _ in batches: pass\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    children = psutil.Process(owner.pid).children(recursive=True)
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    assert children
    deadline_s = time.monotonic() + 10
    while any(child.is_running() for child in children) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert [child for child in children if child.is_running()] == []
