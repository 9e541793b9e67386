import random
from collections import Counter
from pathlib import Path

import pytest

from aivj.errors import InputError
from aivj.packs.path_list import read_path_list


@pytest.fixture
def listed(tmp_path: Path):
    def listed(lines: list[str], num_candidates: int = 50, seed: int = 3, **options):
        path = tmp_path / "paths.txt"
        path.write_text("".join(f"{line}\n" for line in lines))
        files = read_path_list(path, num_candidates=num_candidates, seed=seed, **options)
        return [file.relative_path for file in files]

    return listed


def test_candidates_follow_the_seed_and_not_the_order_of_the_lines(listed) -> None:
    lines = [f"deep/{number}.milk" for number in range(5000)]
    chosen = listed(lines)
    random.Random(1).shuffle(lines)

    assert len(set(chosen)) == 50
    assert listed(lines) == chosen
    assert listed(lines, seed=4) != chosen
    # Fewer candidates are some of the many.
    assert set(listed(lines, num_candidates=10)) < set(chosen)


def test_every_path_has_the_same_chance(listed) -> None:
    lines = [f"{number}.milk" for number in range(100)]
    counts = Counter(name for seed in range(200) for name in listed(lines, 20, seed))

    # 200 draws of 20 of 100: 40 each, with a deviation of 5.7.
    assert len(counts) == 100
    assert min(counts.values()) > 40 - 5 * 5.7
    assert max(counts.values()) < 40 + 5 * 5.7


def test_lines_that_are_no_preset_are_counted_and_paths_start_at_the_list(tmp_path: Path) -> None:
    path = tmp_path / "paths.txt"
    long = b"x" * 9000 + b".milk"
    lines = [b"a.MILK\r", b"", b"b.txt", b"a\0.milk", b"a.MILK\r", b"/abs/c.milk", b"\xff.milk"]
    path.write_bytes(b"\n".join([*lines, long]))
    passed_over: Counter[str] = Counter()

    files = read_path_list(path, num_candidates=9, seed=0, passed_over=passed_over)

    assert {file.relative_path: file.path for file in files} == {
        "/abs/c.milk": Path("/abs/c.milk"),
        "\\xff.milk": tmp_path / "\udcff.milk",
        "a.MILK": tmp_path / "a.MILK",
    }
    assert passed_over == {"not .milk": 1, "listed twice": 1, "no path": 2}


def test_no_list_and_no_preset_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a list of paths"):
        read_path_list(tmp_path, num_candidates=9, seed=0)
    (tmp_path / "empty").write_text("a.txt\n")
    with pytest.raises(InputError, match=r"1 not \.milk"):
        read_path_list(tmp_path / "empty", num_candidates=9, seed=0)
