"""Every text of the project is whole: UTF-8 that was decoded once, with plain line ends."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BINARY = {".jpg", ".png", ".webp", ".ico", ".wav"}
# UTF-8 of two to four bytes that was read as Latin-1 or Windows-1252 and written again.
_TWICE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u2018-\u201e\u20ac\u0152\u0153\u017d\u017e]")


def texts() -> list[Path]:
    listed = subprocess.run(
        [shutil.which("git") or "git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in BINARY]


def faults(data: bytes) -> list[str]:
    found = [
        name
        for name, sign in {"byte order mark": b"\xef\xbb\xbf", "CR": b"\r", "NUL": b"\0"}.items()
        if sign in data
    ]
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return [*found, "no UTF-8"]
    return [*found, *(["encoded twice"] if _TWICE.search(text) else [])]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("Größe".encode().decode("latin-1").encode(), "encoded twice"),
        ("it\u2019s".encode().decode("cp1252").encode(), "encoded twice"),
        (b"\xef\xbb\xbfx", "byte order mark"),
        (b"a\r\nb", "CR"),
        (b"a\0b", "NUL"),
        (b"\xff", "no UTF-8"),
    ],
)
def test_a_spoilt_text_is_found(data: bytes, fault: str) -> None:
    assert fault in faults(data)


def test_what_is_written_well_has_no_fault() -> None:
    assert faults("Größe, it\u2019s “fine”, naïve, 0..1 → ✓\n".encode()) == []


def test_every_text_of_the_project_is_whole() -> None:
    assert texts()
    assert {str(p.relative_to(ROOT)): f for p in texts() if (f := faults(p.read_bytes()))} == {}
