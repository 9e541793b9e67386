"""A runtime's page under the hands of `page.js`, each call with its time-out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from aivj.browser.live_page import LivePage, OnEvent, PageSetup
from aivj.browser.session import BrowserSession
from aivj.contracts.json_text import validated
from aivj.contracts.run_meta import WebGl
from aivj.errors import ItemError, WorkerLostError
from aivj.live.page_answers import Heard, LastPick, ListedPair, MeasureAnswer, PickAnswer, Shown
from aivj.live.settings import LiveSettings

FLAGS: Mapping[str, bool] = {"forcePresetGateOpen": True, "disableAutoAudio": True}
"""What a program says before the page loads: change when asked, and play nothing by yourself."""

Condition = Literal["attached", "hooks", "ready", "coupledEnabled", "coupledReady", "projectm"]

_INIT = Path(__file__).with_name("init.js")
_HANDS = Path(__file__).with_name("page.js")
_CALL_S = 10.0
# A page that waits itself answers in time; one that hangs does not answer.
_SLACK_S = 15.0


def page_setup(settings: LiveSettings, *, headed: bool) -> PageSetup:
    """Returns what the page is opened with."""
    told = {
        "stored": {
            "presetLibrarySource": settings.preset_library_source,
            "nw.runManifestUrl": settings.run_manifest_url,
            "nw.aivj.enabled": "true",
        },
        "flags": FLAGS,
        "showOverlay": headed,
    }
    init = _INIT.read_text(encoding="utf-8").strip().removesuffix(";")
    return PageSetup(
        init_scripts=(f"({init}\n)({json.dumps(told)});", _HANDS.read_text(encoding="utf-8")),
        width=settings.width,
        height=settings.height,
        device_scale_factor=settings.device_scale_factor,
    )


class RuntimePage:
    """One page of a runtime."""

    def __init__(self, page: LivePage, settings: LiveSettings) -> None:
        self.page = page
        self._settings = settings
        self._born: object = None

    @classmethod
    async def open(
        cls, browser: BrowserSession, settings: LiveSettings, on_event: OnEvent, *, headed: bool
    ) -> "RuntimePage":
        """Opens an empty page."""
        setup = page_setup(settings, headed=headed)
        return cls(await browser.open_page(setup, on_event), settings)

    async def wait(self, condition: Condition, timeout_ms: float, argument: object = None) -> bool:
        """Waits until a condition holds; tells whether it does."""
        request = {"name": condition, "argument": argument, "timeoutMs": timeout_ms}
        return bool(await self._call("wait", request, timeout_ms))

    async def meet(self) -> None:
        """Takes the document that is there for the one that is being brought up."""
        self._born = await self._call("born")

    async def is_other(self) -> bool:
        """Tells whether the page has loaded itself anew since it was met, or is about to."""
        try:
            return await self._call("born") != self._born
        except WorkerLostError:
            raise
        except ItemError:
            return True

    async def uncheck_auto(self) -> bool:
        """Takes the automatic change away; tells whether there is one."""
        return bool(await self._call("uncheckAuto"))

    async def raise_flags(self) -> None:
        """Says again what was said before the page loaded."""
        await self._call("raiseFlags", FLAGS)

    async def coupled_init(self, reason: str) -> bool:
        """Lets the page load its pack."""
        timeout_ms = self._settings.ready_timeout_ms
        return bool(await self._call("coupledInit", reason, timeout_ms))

    async def manifest_pairs(self, url: str) -> Sequence[ListedPair] | None:
        """Returns the pairs of the manifest that the page loads; None if there is none."""
        pairs = await self._call("manifestPairs", url)
        if not isinstance(pairs, list):
            return None
        return [validated(ListedPair, each, self.page.url) for each in pairs]

    async def store(self, key: str, text: str) -> bool:
        """Puts text into the page's storage."""
        return bool(await self._call("store", {"key": key, "text": text}))

    async def turn_up(self) -> bool:
        """Turns the volume up; tells whether the page has one."""
        return bool(await self._call("turnUp"))

    async def play(self) -> bool:
        """Presses the button that plays; tells whether it offered that."""
        return bool(await self._call("play"))

    async def hear(self, min_rms: float, timeout_ms: float) -> Heard:
        """Waits until the page has heard music of that loudness; returns the loudest."""
        request = {"minRms": min_rms, "timeoutMs": timeout_ms}
        return validated(Heard, await self._call("hear", request, timeout_ms), self.page.url)

    async def webgl(self) -> WebGl:
        """Asks what draws."""
        return validated(WebGl, await self._call("webgl"), self.page.url)

    async def shown(self) -> Shown:
        """Looks at the page."""
        return validated(Shown, await self._call("shown"), self.page.url)

    async def pick(self, pack: str, reason: str, timeout_ms: float) -> PickAnswer:
        """Asks for another pair, and waits until it is there."""
        settle_ms = self._settings.settle_timeout_ms
        request = {"pack": pack, "reason": reason, "timeoutMs": timeout_ms, "settleMs": settle_ms}
        request["born"] = self._born
        answer = await self._call("pick", request, timeout_ms + settle_ms)
        return validated(PickAnswer, answer, self.page.url)

    async def measure(self, pack: str, picked: LastPick, unsettled_ms: float) -> MeasureAnswer:
        """Measures the pair that is shown."""
        settings = self._settings
        request = {
            "pack": pack,
            "picked": picked.model_dump(mode="json"),
            "unsettledMs": unsettled_ms,
            "intervalMs": settings.interval_ms,
            "warmupMs": settings.warmup_ms,
            "measureMs": settings.measure_ms,
            "timeoutMs": settings.measure_timeout_ms,
        }
        answer = await self._call("measure", request, settings.measure_timeout_ms)
        return validated(MeasureAnswer, answer, self.page.url)

    async def overlay(self, text: str) -> None:
        """Writes on the page how sampling goes."""
        await self._call("overlay", text)

    async def _call(self, name: str, argument: object = None, timeout_ms: float = 0) -> object:
        timeout_s = timeout_ms / 1000 + (_SLACK_S if timeout_ms else _CALL_S)
        return await self.page.call(f"it => window.__aivj_live.{name}(it)", argument, timeout_s)
