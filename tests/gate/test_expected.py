import json

import pytest
from gate.tested_packs import MOVING, write_pack

from aivj.gate.expected import read_expected


@pytest.fixture
def pack(tmp_path):
    return write_pack(tmp_path, [MOVING] * 3, [0.2, 0.5, 0.8])


def test_scores_by_pair_id(pack):
    expected = read_expected(pack.root, pack.name)
    assert expected.num_pairs == 3
    assert expected.scores == {0: 0.2, 3: 0.5, 6: 0.8}
    assert not expected.manifest_problem
    assert not expected.quality_problem


def test_pairs_without_a_score_are_no_problem(pack):
    quality = {"pack": "tested", "pairs": [{"pair": 3, "quality01": 0.5}]}
    pack.quality.write_text(json.dumps(quality))
    expected = read_expected(pack.root, pack.name)
    assert expected.scores == {3: 0.5}
    assert not expected.quality_problem


@pytest.mark.parametrize(
    ("quality", "problem"),
    [
        ('{"pack": "tested", "pairs": [{"pair": 3, "quality01": NaN}]}', "NaN"),
        ('{"pack": "other", "pairs": [{"pair": 3, "quality01": 0.5}]}', "is for pack 'other'"),
        ('{"pairs": [{"pair": 3, "quality01": 0.5}]}', "is for pack None"),
        ('{"pack": "tested", "pairs": [{"pair": 4, "quality01": 0.5}]}', "no finite score"),
        ('{"pack": "tested", "pairs": [{"pair": "3", "quality01": 0.5}]}', "no finite score"),
    ],
)
def test_what_is_wrong_with_the_scores_is_said(pack, quality, problem):
    pack.quality.write_text(quality)
    expected = read_expected(pack.root, pack.name)
    assert problem in expected.quality_problem
    assert expected.num_pairs == 3
    assert not expected.scores


def test_what_is_wrong_with_the_manifest_is_said(pack):
    pack.manifest.write_text(pack.manifest.read_text().replace('"tested"', '"other"'))
    expected = read_expected(pack.root, pack.name)
    assert "pack 'other'" in expected.manifest_problem
    assert expected.quality_problem == "the manifest is unusable"
