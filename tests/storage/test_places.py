from pathlib import Path

import pytest

from aivj.errors import InputError
from aivj.storage.places import Scratch, as_uri


@pytest.mark.parametrize("text", ["s3://b/x", Path("s3://b/x"), "S3://b/x/"])
def test_an_address_is_one_even_as_a_path(text):
    assert as_uri(text) == "s3://b/x"


@pytest.mark.parametrize("text", ["var/x", "/s3:/b", "file:///x", "", None])
def test_a_path_is_no_address(text):
    assert as_uri(text) is None


def test_a_place_is_at_hand_and_back(tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    scratch = Scratch(tmp_path)
    local = scratch.local("s3://b/runs/mine")
    assert local.is_relative_to(tmp_path)
    assert scratch.uri(local / "eval.jsonl") == "s3://b/runs/mine/eval.jsonl"
    assert scratch.uri(tmp_path) is None
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")
    assert scratch.local("s3://b/runs/mine") != local


@pytest.mark.parametrize("uri", ["s3://", "s3://b/../../etc", "s3://b/.hidden"])
def test_a_place_that_would_lead_out_is_refused(tmp_path, uri):
    with pytest.raises(InputError, match="s3://bucket"):
        Scratch(tmp_path).local(uri)
