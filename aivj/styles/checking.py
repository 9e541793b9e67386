"""Whether a runtime would use the style index beside a library's manifest, and which."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from aivj.contracts.json_text import ContractModel
from aivj.contracts.library_manifest import LIBRARY_MANIFEST_NAME
from aivj.contracts.style_index import (
    VERSIONS,
    StyleIndexVersion,
    style_index_fault,
    style_index_name,
)
from aivj.contracts.style_policy import STYLE_POLICY_NAME
from aivj.errors import InputError

FETCH_TIMEOUT_S = 15.0
"""For each file, as the runtime's own check has it."""

_MAX_BYTES = 1 << 28

Fetch = Callable[[str], bytes]


class StyleIndexCheck(ContractModel):
    """What a runtime finds beside a manifest."""

    manifest_url: str = Field(description="The manifest")
    used: StyleIndexVersion | None = Field(description="The index that is used; null if none is")
    num_entries: int = Field(description="Its entries")
    faults: dict[str, str] = Field(description="What is wrong with each file that is not used")
    policy: bool = Field(description="Whether there is a policy of version v0")


def check_style_index(manifest_url: str, fetch: Fetch | None = None) -> StyleIndexCheck:
    """Asks for the indexes in the order of a runtime, v1 first, and for the policy.

    Args:
        manifest_url: URL of a `library-manifest.json`, or of its folder; a query is kept.
        fetch: Reads a URL; raises `OSError` or `ValueError` where it cannot.

    Raises:
        InputError: The URL is none of http or https.
    """
    if urlsplit(manifest_url).scheme not in {"http", "https"}:
        raise InputError(
            "the address of a library's manifest, http://...",
            repr(manifest_url),
            "serve the library, with `aivj serve` for example, and name the address",
        )
    read = fetch or _fetched
    faults: dict[str, str] = {}
    used: StyleIndexVersion | None = None
    num_entries = 0
    for version in VERSIONS:
        name = style_index_name(version)
        document, fault = _document(beside(manifest_url, name), read)
        fault = fault or style_index_fault(document, version)
        if fault is not None:
            faults[name] = fault
        elif used is None:
            used, num_entries = version, len(document["entries"])
    policy, fault = _document(beside(manifest_url, STYLE_POLICY_NAME), read)
    is_policy = isinstance(policy, dict) and policy.get("version") == "v0"
    if not is_policy:
        faults[STYLE_POLICY_NAME] = fault or "no object of version 'v0'"
    return StyleIndexCheck(
        manifest_url=manifest_url,
        used=used,
        num_entries=num_entries,
        faults=faults,
        policy=is_policy,
    )


def beside(manifest_url: str, name: str) -> str:
    """Returns the URL of a file next to a manifest, whose query is kept."""
    path, question, query = manifest_url.partition("?")
    folder = path.removesuffix(LIBRARY_MANIFEST_NAME).rstrip("/")
    return f"{folder}/{name}{question}{query}"


def _document(url: str, fetch: Fetch) -> tuple[Any, str | None]:
    """Returns what a browser would parse, or why it cannot."""
    try:
        text = fetch(url).decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse), None
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "reason", None)
        return None, str(reason or error) or type(error).__name__


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _fetched(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Cache-Control": "no-store"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=FETCH_TIMEOUT_S) as answer:  # noqa: S310
        data: bytes = answer.read(_MAX_BYTES)
    return data
