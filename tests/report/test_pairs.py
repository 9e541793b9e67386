"""The page shows the chosen beside pairs at random: figures, uses and pictures."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aivj.report.pairs import MAX_SHOWN, PairsSide, PairsStudy, ShownPair, write_pairs_page


def side(title: str, *targets: float, unsafe: int = 0) -> PairsSide:
    pairs = [
        ShownPair(f"a/Ann - {number}.milk", "b/<Bob>.milk", target, number < unsafe, b"webp")
        for number, target in enumerate(targets)
    ]
    return PairsSide(
        title, "how it came to be.", pairs, vendi=len(targets) / 2, num_uses=[3, 3, 1, 0]
    )


STUDY = PairsStudy(
    pack="best",
    generated_at=datetime(2026, 3, 1, tzinfo=UTC),
    facts=[("presets", "3")],
    notes=["2 pairs instead of 300"],
    chosen=side("chosen", 0.8, 0.9),
    at_random=side("at random", 0.4, 0.6, unsafe=1),
    num_vendi=2,
)


def page(folder: Path, study: PairsStudy = STUDY) -> str:
    write_pairs_page(folder / "pairs.html", study)
    return (folder / "pairs.html").read_text()


def test_both_sides_are_told_and_shown(tmp_path: Path) -> None:
    html = page(tmp_path)
    assert "Mean target 0.850 against 0.500 at random" in html
    assert "unsafe 0.0% against 50.0%" in html
    assert ">1, 1, 0, 2<" in html
    assert "2 pairs instead of 300" in html
    assert html.count("data:image/webp") == 4
    assert html.count('class="tile flagged"') == 1
    assert "Ann - 0 over &lt;Bob&gt;" in html
    assert "<script" not in html


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    assert page(tmp_path) == page(tmp_path)


@pytest.mark.parametrize("num_more", [0, 1])
def test_what_is_not_shown_is_said(tmp_path: Path, num_more: int) -> None:
    many = side("chosen", *[0.5] * (MAX_SHOWN + num_more))
    html = page(tmp_path, replace(STUDY, chosen=many))
    assert html.count("data:image/webp") == MAX_SHOWN + 2
    assert ("1 pair more not shown" in html) == bool(num_more)
