from pathlib import Path

import pytest

from aivj.errors import InputError
from aivj.packs.provenance import PROVENANCE_NAME, read_provenance


def test_a_folder_without_provenance_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=PROVENANCE_NAME):
        read_provenance(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"kind": "other"}', '{"version": "v0", "pairs": []}'])
def test_broken_provenance_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / PROVENANCE_NAME).write_text(text)
    with pytest.raises(InputError):
        read_provenance(tmp_path)
