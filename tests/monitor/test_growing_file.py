import time

import pytest

from aivj.monitor.growing_file import GrowingFile, last_lines


def taken(file, deadline_s=None):
    deadline_s = time.monotonic() + 60 if deadline_s is None else deadline_s
    return list(file.lines(deadline_s))


def test_each_line_is_taken_once_and_an_unfinished_one_when_it_is_whole(tmp_path):
    path = tmp_path / "log"
    file = GrowingFile(path)
    file.look()
    assert (file.size, taken(file)) == (None, [])
    path.write_bytes(b"one\ntwo\nthr")
    assert file.look() is False
    assert taken(file) == [b"one", b"two"]
    assert file.rest == b"thr"
    assert file.num_unread == 0
    with path.open("ab") as writer:
        writer.write(b"ee\nfour\n")
    file.look()
    assert taken(file) == [b"three", b"four"]
    assert (file.rest, taken(file)) == (b"", [])


def test_a_line_that_a_writer_cut_off_is_not_taken_for_another_file(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"one\nhal")
    file = GrowingFile(path)
    file.look()
    taken(file)
    path.write_bytes(b"one\n")
    assert file.look() is False
    assert taken(file) == []


@pytest.mark.parametrize("how", ["shorter", "another"])
def test_another_file_is_read_from_its_beginning(tmp_path, how):
    path = tmp_path / "log"
    path.write_bytes(b"one\ntwo\n")
    file = GrowingFile(path)
    file.look()
    taken(file)
    if how == "shorter":
        path.write_bytes(b"1\n")
    else:
        other = tmp_path / "other"
        other.write_bytes(b"1\n2\n3\n4\n5\n6\n")
        other.replace(path)
    assert file.look() is True
    assert taken(file)[0] == b"1"


def test_reading_stops_when_its_time_is_up_and_goes_on_there(tmp_path):
    path = tmp_path / "log"
    lines = [b"%07d" % number for number in range(400_000)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    file = GrowingFile(path)
    file.look()
    first = taken(file, deadline_s=0.0)
    assert 0 < len(first) < len(lines)
    assert file.num_unread > 0
    assert first + taken(file) == lines


def test_a_line_that_never_ends_is_one_bad_line_and_not_kept(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"x" * (9 << 20) + b"\nlast\n")
    file = GrowingFile(path)
    file.look()
    found = taken(file)
    assert found[-1] == b"last"
    assert max(map(len, found)) <= 4 << 20


def test_the_end_of_a_log_is_whole_lines_of_its_last_bytes(tmp_path):
    path = tmp_path / "log"
    path.write_text("first\nsecond\nthird\n")
    assert last_lines(path, 2, 1000) == "second\nthird"
    assert last_lines(path, 9, 10) == "third"
    assert last_lines(path, 9, 1000) == "first\nsecond\nthird"
    with pytest.raises(FileNotFoundError):
        last_lines(tmp_path / "none", 1, 10)
