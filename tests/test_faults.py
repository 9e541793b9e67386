from pathlib import Path

import pytest

from aivj.errors import ItemError, WorkerLostError
from aivj.faults import FAULTS, max_attempts

DOCUMENT = Path(__file__).parents[1] / "docs" / "faults.md"
ROOM = Path(__file__).parents[1] / "aivj"


def test_the_document_has_the_table():
    lines = DOCUMENT.read_text().splitlines()

    for kind, fault in FAULTS.items():
        row = f"| `{kind}` | {fault.meaning} | {fault.detected_by} | {fault.max_attempts} |"
        assert row in lines
    assert sum(line.startswith("| `") for line in lines) == len(FAULTS)


def test_a_preset_that_is_broken_is_tried_once_and_lost_workers_again():
    broken = ItemError("shader-link", "a shader", "rubbish", "repair it")

    assert max_attempts(broken) == 1
    assert max_attempts(WorkerLostError.because("browser-crash", "gone")) == 3
    assert max_attempts(ItemError("never-heard-of", "x", "y", "z")) == 1


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_every_kind_is_one_that_somebody_raises(kind):
    sources = [*ROOM.rglob("*.py"), *(ROOM / "stage/web/src").rglob("*.ts")]

    assert any(f'"{kind}"' in path.read_text() for path in sources if path.name != "faults.py")
