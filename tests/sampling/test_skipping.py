from pathlib import Path

import pytest

from aivj.contracts.json_text import document_bytes
from aivj.contracts.stuck_pairs import StuckPair, StuckPairsReport
from aivj.errors import InputError
from aivj.sampling.skipping import read_skipped_pairs


def stuck(pack: str, pair: int) -> StuckPair:
    return StuckPair(
        pack=pack, pair=pair, fg_url="f", bg_url="b", num_timeouts=2, has_failed=True, why="slow"
    )


def test_a_report_of_stuck_pairs_names_packs(tmp_path: Path) -> None:
    path = tmp_path / "stuck-pairs.json"
    pairs = [stuck("one", 4), stuck("two", 5), stuck("one", 9)]
    path.write_bytes(document_bytes(StuckPairsReport(generated_at="2026-01-01", pairs=pairs)))

    assert read_skipped_pairs(path, ["one", "three"]) == {"one": {4, 9}}


@pytest.mark.parametrize("text", ["4\n\n 9  # slow\n# none\n", "[4, 9]", "\ufeff4\r\n9"])
def test_a_list_is_of_the_one_pack(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ids"
    path.write_text(text)

    assert read_skipped_pairs(path, ["one"]) == {"one": {4, 9}}
    with pytest.raises(InputError, match="pairs without their packs"):
        read_skipped_pairs(path, ["one", "two"])


@pytest.mark.parametrize(
    ("text", "place"),
    [("4\nx\n", "line 2"), ("-4", "line 1"), ('[1, "x"]', "item 1"), ("[true]", "item 0")],
)
def test_what_is_no_id_is_named(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "ids"
    path.write_text(text)

    with pytest.raises(InputError, match=place):
        read_skipped_pairs(path, ["one"])


@pytest.mark.parametrize("text", ["{", "{}", "[", '{"pairs": [1]}'])
def test_what_is_neither_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken"
    path.write_text(text)

    with pytest.raises(InputError, match="broken"):
        read_skipped_pairs(path, ["one"])
