"""A page on one study: what it was about, what to conclude, a table and its charts."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aivj.report.page import render_page
from aivj.report.plot import Chart
from aivj.storage import write_atomic

_TEMPLATE = "study.html.j2"
_MAX_FIGURE = 32


@dataclass(frozen=True)
class TableRow:
    """One row of the table.

    Attributes:
        label: Its heading.
        cells: One text for each column.
        is_ours: Whether it is the one that the others are there for.
    """

    label: str
    cells: Sequence[str]
    is_ours: bool = False


@dataclass(frozen=True)
class StudyPicture:
    """One picture of a sheet.

    Attributes:
        title: What it shows, for those who cannot see it.
        figure: A figure of it.
        label: What it is called.
        webp: Its bytes.
        is_flagged: Whether anything speaks against it.
    """

    title: str
    figure: str
    label: str
    webp: bytes
    is_flagged: bool = False

    @property
    def base64(self) -> str:
        """The bytes as a page holds them."""
        return b64encode(self.webp).decode()


@dataclass(frozen=True)
class StudySheet:
    """Pictures that belong together."""

    title: str
    note: str
    pictures: Sequence[StudyPicture]


@dataclass(frozen=True)
class StudyPage:
    """What the page is made from.

    Attributes:
        title: Heading.
        generated_at: When; shown in UTC.
        facts: What was studied: labels and values.
        conclusions: What to conclude, the most important one first.
        notes: What a reader should know of the data.
        columns: Headings of the table's columns, without that of the rows' labels.
        rows: The table.
        charts: The figures.
        sheets: Pictures, if there are any.
    """

    title: str
    generated_at: datetime
    facts: Sequence[tuple[str, str]]
    conclusions: Sequence[str]
    notes: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[TableRow]
    charts: Sequence[Chart]
    sheets: Sequence[StudySheet] = ()

    @property
    def kinds(self) -> list[str]:
        """The class of each column's cells: `num` where none is prose, which may wrap."""
        columns = zip(*(row.cells for row in self.rows), strict=True)
        kinds = ["prose" if max(map(len, cells)) > _MAX_FIGURE else "num" for cells in columns]
        return kinds or ["num"] * len(self.columns)


def write_study(path: Path, page: StudyPage) -> None:
    """Writes the page, whole or not at all. The same data give the same bytes.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, study_html(page).encode())


def study_html(page: StudyPage) -> str:
    """Returns the page."""
    return render_page(_TEMPLATE, page=page)
