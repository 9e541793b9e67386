from collections.abc import Callable
from functools import partial

import pytest

from aivj.errors import AivjError, ItemError, StorageError
from aivj.redaction import secret_values, without_secrets

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG",
    "AWS_SESSION_TOKEN": "a session's token",
    "HOME": "/home/aivj",
    "MLFLOW_TRACKING_PASSWORD": "open sesame",
    "RAY_AUTH_TOKEN": "0123456789abcdef",
    "RAY_AUTH_TOKEN_PATH": "/secrets/token",
    "SOME_TOKEN": "short",
}


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("http://ada:pw@host:9/x failed", "http://***@host:9/x failed"),
        ("postgresql+psycopg2://ada:p%40w@db/mlflow", "postgresql+psycopg2://***@db/mlflow"),
        ("https://token@host/", "https://***@host/"),
        ("s3://b/k?X-Amz-Signature=0a1b&x=1", "s3://b/k?X-Amz-Signature=***&x=1"),
        ("https://h/?a=1&access_token=abc#f", "https://h/?a=1&access_token=***#f"),
        ("{'Authorization': 'Bearer abcdef.ghij'}", "{'Authorization': 'Bearer ***'}"),
    ],
)
def test_credentials_are_found_by_their_form(text: str, clean: str) -> None:
    assert without_secrets(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:5174/?coupledPack=mine&size=96x54",
        "s3://runtime/public/presets/mine@2x.json",
        "https://h/presets/a@b/c?seed=3",
        "write to ada@example.org",
        "Basic idea: two presets",
    ],
)
def test_what_is_no_credential_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_secrets_are_the_values_of_what_is_named_so() -> None:
    assert secret_values(ENVIRONMENT) == [
        "wJalrXUtnFEMI/K7MDENG",
        "a session's token",
        "0123456789abcdef",
        "open sesame",
    ]


def test_a_secret_is_masked_wherever_it_stands() -> None:
    text = "sent 0123456789abcdef, got 401"
    assert without_secrets(text, secret_values(ENVIRONMENT)) == "sent ***, got 401"


@pytest.mark.parametrize("kind", [StorageError, partial(ItemError, "page-error")])
def test_an_error_never_tells_a_credential(kind: Callable[[str, str, str], AivjError]) -> None:
    error = kind("http://a:b@h/ to answer", "'http://a:b@h/' silent", "mend http://a:b@h/")
    assert ":b@" not in f"{error} {error.args} {error.expected} {error.found} {error.remedy}"
