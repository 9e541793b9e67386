from dataclasses import replace

import numpy as np

from aivj.presets import parse_milk
from aivj.ratings import RatedPreset
from aivj.ratings.evidence import gather_evidence

TEXT = "zoom=1.5\nper_frame_1=rot = rot + 0.3*bass;\n"


def rated(text: str, name: str = "A - b.milk") -> RatedPreset:
    return RatedPreset(name, parse_milk(text.encode()), is_high=True)


def test_ratings_are_no_evidence() -> None:
    one = gather_evidence([rated(TEXT + "fRating=5")])
    other = gather_evidence([replace(rated(TEXT + "fRating=0"), is_high=False)])
    assert np.array_equal(one.features, other.features)
    assert np.array_equal(one.format, other.format)
    assert (one.tokens != other.tokens).nnz == (one.authors != other.authors).nnz == 0


def test_names_are_evidence_of_authors_alone() -> None:
    evidence = gather_evidence(
        [rated(TEXT), rated(TEXT, "A - c.milk"), rated(TEXT, "A + B - b.milk")]
    )
    assert (evidence.features == evidence.features[0]).all()
    assert (evidence.tokens[0] != evidence.tokens[2]).nnz == 0
    assert (evidence.authors[0] != evidence.authors[1]).nnz == 0
    assert evidence.authors.sum(axis=1).A1.tolist() == [1, 1, 2]


def test_tokens_are_those_of_code_and_values() -> None:
    evidence = gather_evidence([rated("zoom=1.5"), rated(TEXT), rated("zoom=2")])
    assert evidence.tokens.sum(axis=1).A1.tolist() == [1, 5, 1]
    assert (evidence.tokens[0] != evidence.tokens[2]).nnz == 2


def test_the_format_is_versions_and_parts() -> None:
    text = "MILKDROP_PRESET_VERSION=201\nPSVERSION=3\nwavecode_0_enabled=0"
    assert gather_evidence([rated(""), rated(text)]).format.tolist() == [[100, 0, 0], [201, 3, 1]]
