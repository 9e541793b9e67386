import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.failures import FailureLog, FailureRow
from aivj.contracts.json_text import row_bytes
from aivj.contracts.jsonl_log import read_jsonl
from aivj.errors import InputError, StorageError

# Limits what this process may write to a file, as a full disk would, then appends rows until one
# is refused; tells how many were taken, and takes one more once there is room.
FULL_DISK = """
import resource, sys
from pathlib import Path
from aivj.contracts.failures import FailureLog, FailureRow
from aivj.errors import StorageError

def row(pair):
    return FailureRow(t_ms=1, pack="p", pair=pair, kind="k", num_attempts=1,
                      message="x" * 300, quarantined=False)

hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
with FailureLog(Path(sys.argv[1]), fsync=sys.argv[2] == "fsync") as log:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), hard))
    num_taken = 0
    try:
        while True:
            log.append(row(num_taken))
            num_taken += 1
    except StorageError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    log.append(row(num_taken))
print(num_taken)
"""


def failure(pair: int, message: str = "no picture") -> FailureRow:
    return FailureRow(
        t_ms=1767225600123,
        pack="demo_pack",
        pair=pair,
        kind="script-error",
        num_attempts=1,
        message=message,
        quarantined=False,
    )


def read(path: Path) -> tuple[list[FailureRow], int]:
    found = read_jsonl(path, FailureRow)
    return found.rows, found.num_bad_lines


@given(st.lists(st.text(alphabet=st.characters()), max_size=5))
def test_rows_read_back_over_several_openings(tmp_path_factory, messages):
    path = tmp_path_factory.getbasetemp() / "log.jsonl"
    path.unlink(missing_ok=True)
    rows = [failure(number, message) for number, message in enumerate(messages)]
    for row in rows:
        with FailureLog(path) as log:
            log.append(row)
    FailureLog(path, fsync=True).close()
    assert read(path) == (rows, 0)
    assert path.read_bytes() == b"".join(row_bytes(row) for row in rows)


def test_folder_is_made(tmp_path: Path):
    FailureLog(tmp_path / "a" / "b" / "log.jsonl").close()
    assert (tmp_path / "a" / "b" / "log.jsonl").read_bytes() == b""


def test_a_log_torn_at_any_byte_loses_no_whole_row(tmp_path: Path):
    rows = [failure(0, "größer"), failure(1, 'quote " and \\'), failure(2)]
    text = b"".join(row_bytes(row) for row in rows)
    ends = [len(row_bytes(row)) - 1 for row in rows]
    ends = [sum(ends[: n + 1]) + n for n in range(len(ends))]
    path = tmp_path / "log.jsonl"
    for cut in range(len(text) + 1):
        path.write_bytes(text[:cut])
        whole = [row for row, end in zip(rows, ends, strict=True) if cut >= end]
        assert read(path)[0] == whole
        with FailureLog(path) as log:
            assert read(path) == (whole, 0)
            log.append(failure(9))
        assert read(path) == ([*whole, failure(9)], 0)


@pytest.mark.parametrize("tail", [b"\0" * 100, b"{", b"[1]", b"7", b'{"a":1}}', b"\xff"])
def test_a_last_line_that_is_no_object_is_cut_off(tmp_path: Path, tail):
    path = tmp_path / "log.jsonl"
    path.write_bytes(row_bytes(failure(0)) + tail)
    FailureLog(path).close()
    assert path.read_bytes() == row_bytes(failure(0))


def test_bad_lines_in_the_middle_are_kept_and_counted(tmp_path: Path):
    path = tmp_path / "log.jsonl"
    lines = [b"\xef\xbb\xbf" + row_bytes(failure(0)), b"{torn\n", b"\r\n", b"[]\n", b'{"pair":1}\n']
    path.write_bytes(b"".join(lines))
    with FailureLog(path) as log:
        log.append(failure(1))
    assert path.read_bytes().startswith(b"".join(lines))
    assert read(path) == ([failure(0), failure(1)], 3)


def test_each_row_is_one_write(tmp_path: Path):
    writes: list[bytes] = []
    with FailureLog(tmp_path / "log.jsonl") as log:
        real = log._file.write

        def counting(data):
            writes.append(bytes(data))
            return real(data)

        log._file = WriteSpy(log._file, counting)
        log.append(failure(0))
        log.append(failure(1))
    assert writes == [row_bytes(failure(0)), row_bytes(failure(1))]


class WriteSpy:
    def __init__(self, file, write):
        self._file = file
        self.write = write

    def __getattr__(self, name):
        return getattr(self._file, name)


@pytest.mark.parametrize("spare", [0, 1, 150, 399])
@pytest.mark.parametrize("fsync", ["fsync", "no-fsync"])
def test_full_disk_leaves_whole_rows(tmp_path: Path, spare, fsync):
    path = tmp_path / "log.jsonl"
    FailureLog(path).close()
    limit = 5 * len(row_bytes(failure(0, "x" * 300))) + spare
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), fsync, str(limit)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
    )
    message, num_taken = done.stdout.splitlines()
    assert "log.jsonl to be written; found File too large; free space" in message
    rows, num_bad_lines = read(path)
    assert [row.pair for row in rows] == list(range(int(num_taken) + 1))
    assert num_bad_lines == 0
    assert all(json.loads(line) for line in path.read_text().splitlines())


def test_a_log_that_cannot_be_opened_is_a_storage_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="free space or mend"):
        FailureLog(tmp_path / "file" / "log.jsonl")


def test_missing_log_cannot_be_read(tmp_path: Path):
    with pytest.raises(InputError, match="No such file"):
        read_jsonl(tmp_path / "absent.jsonl", FailureRow)
