import contextlib
import resource
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.errors import StorageError, UnsafePathError
from aivj.storage import resolve_under, write_atomic


def test_reader_never_sees_a_part(tmp_path):
    path = tmp_path / "whole"
    texts = [bytes([65 + i]) * 200_000 for i in range(8)]
    write_atomic(path, texts[0])
    seen = set()
    done = threading.Event()

    def read():
        while not done.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for text in texts:
        write_atomic(path, text)
    done.set()
    reader.join()

    assert seen <= set(texts)
    assert list(tmp_path.iterdir()) == [path]


def test_full_disk_leaves_the_old_content(tmp_path):
    path = tmp_path / "kept"
    write_atomic(path, b"old")
    program = (
        "import resource, signal, sys, pathlib\n"
        "from aivj.storage import write_atomic\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.RLIM_INFINITY}))\n"
        "try: write_atomic(pathlib.Path(sys.argv[1]), b'x' * 5000)\n"
        "except Exception as error: print(type(error).__name__)\n"
    )

    command = [sys.executable, "-c", program, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == StorageError.__name__, done.stderr
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "unsafe",
    ["../x", "/a/../../x", "%2e%2e/x", "a/%2e%2e/%2e%2e/x", "a\\..\\x", "C:/x", "a\0b", "link/x"],
)
def test_paths_stay_below_their_root(tmp_path, unsafe):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path)

    with pytest.raises(UnsafePathError):
        resolve_under(tmp_path / "root", unsafe)


@given(st.text())
def test_any_text_is_below_the_root_or_refused(text):
    from pathlib import Path

    root = Path("/nowhere/at/all")
    with contextlib.suppress(UnsafePathError):
        assert resolve_under(root, text).is_relative_to(root)


def test_leading_slash_means_the_root(tmp_path):
    assert resolve_under(tmp_path, "/presets/p/fg/x.milk") == tmp_path / "presets/p/fg/x.milk"
