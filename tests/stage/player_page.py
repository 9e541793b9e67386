"""The player in a page, as a program sees it."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from aivj.stage.server import StageServer

# Small pictures, and a small window for them: software GL is slow.
SIZE = "96x54"
VIEWPORT = {"width": 320, "height": 180}

COUPLED = {"coupled": 1, "coupledPack": "tested"}
ALONE = {"prefetch": "off"}

# How long what must become true may take; on a busy machine, that is.
MOST_S = 120

PUBLISHED = "window.__nw_verify?.ready === true"

NEXT = """async () => {
  const ok = await window.__nw_verify.actions.coupledNext("test");
  const frames = () => window.__nw_verify.getVerifyState().projectmVerify;
  const before = frames().framesRendered;
  const deadline = performance.now() + 60_000;
  while (ok && !frames().aborted && frames().framesRendered < before + 8) {
    if (performance.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return ok;
}"""

SEEN = """() => ({
  state: window.__nw_verify.getVerifyState(),
  projectm: window.__projectm_verify,
  debug: window.__nw_verify._coupledNextDebug,
  status: document.getElementById("preset-status").textContent,
  detail: document.getElementById("pair-detail").textContent,
  notice: document.getElementById("notice").hidden
    ? ""
    : document.getElementById("notice").textContent,
  disabled: document.getElementById("preset-next").disabled,
})"""


@dataclass
class PlayerPage:
    """A page with the player in it, and what it let on.

    Attributes:
        page: Playwright's page.
        origin: Of its server.
        console: Lines `[type] text`.
        errors: Uncaught exceptions.
        requests: Paths that were asked for.
    """

    page: object
    origin: str
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def go(self, ready=PUBLISHED, **parameters):
        """Opens the player by an address of its own; what the page let on before is forgotten."""
        for told in (self.console, self.errors, self.requests):
            told.clear()
        query = {"seed": 3, "size": SIZE, **parameters}
        await self.page.goto(f"{self.origin}/?{urlencode(query)}")
        await self.until(ready)

    async def call(self, script, argument=None):
        return await self.page.evaluate(script, argument)

    async def kept(self, key):
        """What local storage has below a key, as JSON."""
        return json.loads(await self.call("(key) => localStorage.getItem(key)", key))

    async def hook(self, expression):
        return await self.call(f"() => window.__nw_verify.{expression}")

    async def next(self):
        """Asks for the next pair as a program does; what is then to be seen."""
        ok = await self.call(NEXT)
        return {"ok": ok, **await self.seen()}

    async def seen(self):
        return await self.call(SEEN)

    async def until(self, condition, timeout_s=MOST_S):
        """Waits until a JavaScript expression is true; Playwright's own waiting needs `eval`."""
        pause = "await new Promise((resolve) => setTimeout(resolve, 20))"
        async with asyncio.timeout(timeout_s):
            await self.call(f"async () => {{ while (!({condition})) {pause}; }}")

    async def started(self):
        """Waits until what was asked for at the start is there, or failed."""
        await self.until("document.body.dataset.status !== 'busy'")

    async def told(self, start, timeout_s=MOST_S):
        """Waits until the console has a line that starts so; the first of them."""
        async with asyncio.timeout(timeout_s):
            while not self.lines(start):
                await self.page.wait_for_timeout(20)
        return self.lines(start)[0]

    def lines(self, start):
        return [line for line in self.console if line.startswith(start)]


@contextlib.asynccontextmanager
async def own_page(chromium, viewport, init):
    """Opens a page that runs JavaScript of its own before what it shows, which is for good."""
    context = await chromium.new_context(viewport=viewport)
    try:
        page = await context.new_page()
        await page.add_init_script(init)
        yield page
    finally:
        await context.close()


@contextlib.asynccontextmanager
async def lent_page(page, viewport, origin):
    """Lends the page that all share, half as dear as one of its own; leaves nothing of `origin`.

    An empty page in between forgets that somebody clicked, and who points at nothing hovers over
    nothing.
    """
    await page.set_viewport_size(viewport)
    try:
        yield page
    finally:
        await page.goto("about:blank")
        await page.mouse.move(-1, -1)
        session = await page.context.new_cdp_session(page)
        await session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        await session.send("Network.clearBrowserCache")
        await session.detach()


@contextlib.contextmanager
def heard(page, origin):
    """Listens to what a page lets on, for the block."""
    player = PlayerPage(page, origin)
    listeners = {
        "console": lambda line: player.console.append(f"[{line.type}] {line.text}"),
        "pageerror": lambda error: player.errors.append(str(error)),
        "request": lambda asked: player.requests.append(urlsplit(asked.url).path),
    }
    for name, listener in listeners.items():
        page.on(name, listener)
    try:
        yield player
    finally:
        for name, listener in listeners.items():
            page.remove_listener(name, listener)


@contextlib.asynccontextmanager
async def open_player(shared_page, converter, clip, root):
    """Yields a function that opens the player on the packs in `root`, in the place of the last one.

    Its arguments: `init`, JavaScript that runs before the page's own; `music`, a folder;
    `viewport`, the window's size; `ready`, the expression that is waited for; and the address's
    parameters.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def open_page(init="", music=None, viewport=VIEWPORT, ready=PUBLISHED, **parameters):
            await stack.aclose()
            server = StageServer(
                packs_root=root,
                clips={"music": clip},
                convert=lambda data: converter.convert(data).model_dump_json().encode(),
                music_root=music,
            )
            await stack.enter_async_context(server)
            page = await stack.enter_async_context(
                own_page(shared_page.context.browser, viewport, init)
                if init
                else lent_page(shared_page, viewport, server.origin)
            )
            player = stack.enter_context(heard(page, server.origin))
            await player.go(ready, **parameters)
            return player

        yield open_page


def storing(items):
    """JavaScript that puts items into local storage, once a page."""
    return "".join(
        f"localStorage.setItem({json.dumps(key)}, {json.dumps(text)});"
        for key, text in items.items()
    )
