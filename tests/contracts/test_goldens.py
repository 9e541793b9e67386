"""Files as they were written when their form was settled are read and written again to the byte."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from aivj.contracts.json_text import document_bytes, read_object, validated
from aivj.contracts.schemas import SCHEMAS, json_schema

GOLDENS = sorted((Path(__file__).parent / "golden").glob("*.json"))


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_a_golden_is_written_as_it_was(path):
    document = validated(SCHEMAS[path.stem], read_object(path), str(path))
    assert document_bytes(document) == path.read_bytes()
    assert document_bytes(json.loads(path.read_bytes())) == path.read_bytes()
    Draft202012Validator(json_schema(path.stem)).validate(json.loads(path.read_bytes()))
