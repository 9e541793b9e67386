"""What a visit does when the page's document goes under its hands."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from live.conftest import QUICK

from aivj.errors import ItemError, RunError
from aivj.live.bootstrap import MOST_DOCUMENTS, Bootstrap
from aivj.live.visits import Visits


def gone():
    return ItemError("page-error", "an answer", "its execution context was destroyed", "look")


@dataclass
class Leaving:
    """A page and its bootstrap: the old document still answers, and is gone one call later."""

    done: list[str] = field(default_factory=list)

    async def is_other(self):
        return False

    async def seed_order(self):
        raise gone()

    async def settle(self):
        self.done.append("settled")


def visits():
    unused = SimpleNamespace(write=lambda *_: None, recovering=lambda *_: None)
    run = SimpleNamespace(live=QUICK, log=unused, events=unused, record=SimpleNamespace(phase=""))
    pack, shares = SimpleNamespace(name="tested"), SimpleNamespace(reloaded=lambda _: None)
    return Visits(run, pack, 0, shares)


def test_a_document_that_goes_while_its_pick_is_looked_into_is_brought_up_again():
    page = Leaving()

    asyncio.run(visits()._note_thrown(SimpleNamespace(page=page, bootstrap=page), "it threw"))

    assert page.done == ["settled"]


@pytest.mark.parametrize(("num_throws", "ends"), [(MOST_DOCUMENTS - 1, True), (9, False)])
def test_between_two_documents_calls_are_given_time(monkeypatch, num_throws, ends):
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)

    async def steps():
        if len(pauses) < num_throws:
            raise gone()

    monkeypatch.setattr("aivj.live.bootstrap.asyncio.sleep", sleep)
    log = SimpleNamespace(step=lambda *_: None)
    bootstrap = Bootstrap(
        SimpleNamespace(log=log), SimpleNamespace(name="tested"), Leaving(), 0, None, None
    )
    if ends:
        asyncio.run(bootstrap._in_one_document(steps))
    else:
        with pytest.raises(RunError, match="stays"):
            asyncio.run(bootstrap._in_one_document(steps))
    assert sum(pauses) > 0.5
