from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aivj.contracts.failures import FailureLog, FailureRow, read_failures
from aivj.contracts.json_text import parse_json, row_bytes, validated


def test_written_text_is_golden(tmp_path: Path):
    row = FailureRow(
        t_ms=1767225600123,
        pack="demo_pack",
        pair=7,
        kind="gpu-lost",
        num_attempts=3,
        message="expected a context; found none; try again",
        quarantined=True,
    )
    path = tmp_path / "failures.jsonl"
    with FailureLog(path) as log:
        log.append(row)
    assert path.read_bytes() == (
        b'{"tMs":1767225600123,"pack":"demo_pack","pair":7,"kind":"gpu-lost","attempts":3,'
        b'"message":"expected a context; found none; try again","quarantined":true}\n'
    )
    assert read_failures(path).rows == [row]


@given(st.text(st.characters(categories=["Cs", "L", "Cc"])))
def test_any_text_of_a_browser_can_be_recorded(message):
    row = FailureRow(
        t_ms=0, pack="p", pair=0, kind="k", num_attempts=1, message=message, quarantined=False
    )
    assert validated(FailureRow, parse_json(row_bytes(row), "it"), "it") == row
