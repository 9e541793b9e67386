import json

import pytest
from jsonschema import Draft202012Validator

from aivj.contracts.schemas import SCHEMAS, json_schema
from aivj.errors import InputError

ROW = {"tMs": 1, "pack": "p", "pair": None, "okHeuristic": True, "reasons": [], "foreign": 1}
PAIR = {"pair": 0, "fgUrl": "/f", "bgUrl": "/b", "warp_diff": 0.1}
MANIFEST = {"version": "v0", "generatedAt": "2026-03-01T09:00:00Z", "pack": "p", "pairs": [PAIR]}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_contract_has_a_valid_schema(name):
    schema = json_schema(name)
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    assert schema["title"] == SCHEMAS[name].__name__
    assert not any("_" in key for key in schema["properties"] if not key.endswith("_diff"))


@pytest.mark.parametrize(
    ("name", "document", "fits"),
    [
        ("eval-row", ROW, True),
        ("eval-row", {**ROW, "pair": "7"}, False),
        ("eval-row", {"pack": "p"}, False),
        ("pairs-manifest", MANIFEST, True),
        ("pairs-manifest", {**MANIFEST, "pairs": [{**PAIR, "pair": -1}]}, False),
        ("pairs-manifest", {**MANIFEST, "pairs": [{"pair": 1}]}, False),
        ("elite-manifest", {"entries": [{"rank": 1, "score": 5, "fg": "f", "bg": "b"}]}, True),
        ("elite-manifest", {"entries": [{"rank": 1, "score": "5", "fg": "f", "bg": "b"}]}, False),
        ("source-manifest-row", {"pair": 1, "fg": "f", "bg": "b"}, True),
        ("source-manifest-row", {"pair_id": 1, "fg": "f", "bg": "b"}, False),
    ],
)
def test_schemas_judge_as_the_readers_do(name, document, fits):
    assert Draft202012Validator(json_schema(name)).is_valid(document) is fits


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(InputError) as caught:
        json_schema("pairs")
    assert all(name in caught.value.expected for name in SCHEMAS)
