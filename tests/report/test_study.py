from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from markupsafe import Markup

from aivj.report.plot import Chart
from aivj.report.study import (
    StudyPage,
    StudyPicture,
    StudySheet,
    TableRow,
    study_html,
    write_study,
)

PAGE = StudyPage(
    title="How good & why?",
    generated_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    facts=[("pairs", "12")],
    conclusions=["<script>alert(1)</script> is better"],
    notes=["2 rows left out"],
    columns=["AUC"],
    rows=[TableRow("net", ["0.7"], is_ours=True), TableRow("trees", ["0.6"])],
    charts=[Chart("AUC", Markup("<svg></svg>"), (), "0.5 is chance")],
)

SHEET = StudySheet(
    "Some & others",
    "as they are",
    [
        StudyPicture("a <b> c", "0.71", "#3", b"webp"),
        StudyPicture("d", "0.20", "#4", b"", is_flagged=True),
    ],
)


def test_everything_is_on_the_page_and_nothing_runs() -> None:
    html = study_html(PAGE)
    for text in ("How good &amp; why?", "2 rows left out", "net ◂", "0.5 is chance"):
        assert text in html
    assert "<script>" not in html
    assert "default-src &#39;none&#39;" in html


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write_study(tmp_path / name, PAGE)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("empty", ["conclusions", "notes", "charts", "rows"])
def test_a_page_may_lack_a_part(empty: str) -> None:
    assert "<h1>How good" in study_html(replace(PAGE, **{empty: []}))


def test_pictures_stand_on_sheets() -> None:
    html = study_html(replace(PAGE, sheets=[SHEET]))
    assert "Some &amp; others" in html
    assert 'src="data:image/webp;base64,d2VicA=="' in html
    assert 'alt="a &lt;b&gt; c"' in html
    assert html.count('class="tile flagged"') == 1
