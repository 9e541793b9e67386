"""What the documents say is there: pages in the index, links, and every command that they print."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from conftest import command_made_once

from aivj.cli.app import app
from aivj.cli.runtime_sampler import divided, taken

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "mlflow/README.md")),
    *sorted(DOCS.glob("*.md")),
]
# What was said of former versions stays as it was said.
TOLD_BEFORE = {"LOG.md"}

_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(aivj [^`]+)`")


def links(page):
    return {(page.parent / link).resolve() for link in _LINK.findall(page.read_text())}


def commands(page):
    """Yields the commands of a page: lines of its blocks whole, others as far as they are told."""
    text = page.read_text()
    for block in _BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "aivj" and "..." not in words:
                yield words[1:], True
    for inline in _INLINE.findall(_BLOCK.sub("", text)):
        yield shlex.split(inline.replace("\n", " "))[1:], False


COMMANDS = [
    pytest.param(words, is_whole, id=f"{page.name}: {' '.join(words)}")
    for page in PAGES
    if page.name not in TOLD_BEFORE
    for words, is_whole in commands(page)
]


def test_every_document_stands_in_the_index():
    documents = {path for path in DOCS.rglob("*") if path.is_file()} - {DOCS / "README.md"}
    assert documents <= links(DOCS / "README.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    assert [path for path in links(page) if not path.exists()] == []


@pytest.mark.parametrize(("words", "is_whole"), COMMANDS)
def test_every_command_that_is_printed_is_one(words, is_whole):
    command, rest = command_made_once(app), list(words)
    while hasattr(command, "commands"):
        while rest and rest[0] in {"--home", "--version"}:
            del rest[: 1 + (rest[0] == "--home")]
        if not rest or rest[0] in {"--help", "&"}:
            return
        name = rest.pop(0) if rest[0] in command.commands else getattr(command, "unnamed", None)
        assert name is not None, words
        command = command.commands[name]
    rest = [word for word in rest if word not in {"--help", "&"}]
    try:
        context = command.make_context("aivj", rest)
    except typer.BadParameter as error:
        if is_whole or not str(error).startswith("Missing parameter"):
            raise
        return
    _, more = taken(context.args) if "--runtime-url" in words else ({}, context.args)
    assert divided(more)[1] == []
