import re
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

from aivj.presets.features import FEATURE_NAMES, FEATURE_SPEC

DOCUMENT = Path(__file__).parents[2] / "docs" / "features.md"
ROW = re.compile(r"\| `(.+)` \| ([0-9]+) \| .+ \|")


def test_every_feature_has_its_row_and_every_row_its_features() -> None:
    rows = {
        match[1]: int(match[2])
        for line in DOCUMENT.read_text().splitlines()
        if (match := ROW.fullmatch(line))
    }
    found = Counter(
        next((row for row in rows if fnmatchcase(name, row)), name) for name in FEATURE_NAMES
    )
    assert found == rows


def test_the_document_is_that_of_this_version() -> None:
    version = FEATURE_SPEC.partition("/")[0]
    assert f"(`{version}/<number>`)" in DOCUMENT.read_text()
