"""From an empty page to one that is proved: it draws, it hears, and its picks advance.

The steps of section 6.4 of the wire contracts, in their order.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import LaunchPlan
from aivj.browser.renderer import RendererReport, refuse_wrong_renderer
from aivj.contracts.json_text import row_bytes
from aivj.contracts.pairs_manifest import PairsManifest
from aivj.contracts.run_meta import WebGl
from aivj.errors import (
    ItemError,
    OtherManifestError,
    RendererRefusedError,
    RunError,
    WorkerLostError,
)
from aivj.live.address import page_address
from aivj.live.live_run import LiveRun
from aivj.live.navigation import Navigation
from aivj.live.page_answers import ListedPair, PickAnswer, Shown
from aivj.live.runtime_page import RuntimePage
from aivj.live.shuffle_order import SHUFFLE_KEY, ShuffleState, missing_first
from aivj.live.sound import SoundCheck, drive_audio
from aivj.sampling.packs import SamplePack

_SELF_TEST_PICKS = 2
_PAUSE_S = 0.3

MOST_DOCUMENTS = 4
"""How often a page that loads itself anew is brought up in one go."""


@dataclass(frozen=True)
class Seen:
    """What is known of a pack's pairs when an order is made.

    Attributes:
        taken: Those that need no visit of this page any more.
        aside: Those of the others that come last, since they timed out.
        probe: Whether a pair that was shown before is to be shown first, as a proof that the page
            lives.
    """

    taken: Collection[int]
    aside: Collection[int]
    probe: bool


class Bootstrap:
    """Brings one page up for one pack.

    Args:
        run: The run.
        pack: The pack.
        page: The page.
        number: Which of the pages it is.
        seen: Tells what is known of the pairs.
        on_stuck: Called with a pair that did not come in the self-test, and why.
    """

    def __init__(
        self,
        run: LiveRun,
        pack: SamplePack,
        page: RuntimePage,
        number: int,
        seen: Callable[[], Seen],
        on_stuck: Callable[[int, str], None],
    ) -> None:
        self._run = run
        self._pack = pack
        self._page = page
        self._number = number
        self._seen = seen
        self._on_stuck = on_stuck
        self._num_seeded = 0

    async def run(self) -> None:
        """Takes all steps.

        Raises:
            RunError: A step that must succeed does not; each kind has its code.
            RendererRefusedError: The page draws with something else than it should.
            WorkerLostError: Page or browser died.
        """
        live, name = self._run.live, self._pack.name
        self._phase("bootstrap")
        address = page_address(live.url, name, self._run.request.picking)
        folder = self._run.request.out_dir
        navigation = Navigation(self._run.log, self._run.record, live, name, folder)
        await navigation.open(self._page.page, address)
        await self._in_one_document(self._first_time)
        await self._self_test()
        # The self-test has used up two places of the order.
        await self.seed_order()
        self._run.record.loop_started()

    async def reload(self) -> None:
        """Loads the page anew, and brings it to where it was but for what stays proved."""
        await self._page.page.reload(self._run.live.goto_timeout_ms / 1000)
        await self.settle()

    async def settle(self) -> None:
        """Brings the document that is there to where the one before was; raises as `run` does."""
        await self._in_one_document(self._again)

    async def _in_one_document(self, steps: Callable[[], Awaitable[None]]) -> None:
        """Takes steps in one document: a development server may load the page anew meanwhile."""
        for number in range(1, MOST_DOCUMENTS + 1):
            try:
                await steps()
                if not await self._page.is_other():
                    return
                found = "it is another document now"
            except WorkerLostError:
                raise
            except ItemError as error:
                found = error.found
            self._log(f"goto:warn{number} the page loaded itself anew, or threw: {found}")
            # While one document follows the other, calls throw faster than the next one comes.
            await asyncio.sleep(_PAUSE_S)
        raise RunError(
            f"a page that stays while it is brought up, in one of {MOST_DOCUMENTS} tries",
            found,
            "open the address in a browser: does it load itself anew again and again?",
        )

    async def _first_time(self) -> None:
        await self._wait_for_hooks()
        await self._activate_pack()
        await self.seed_order()
        self._phase("audio_probe")
        await self.drive_audio()
        self._phase("webgl_probe")
        await self._prove_renderer()
        ready = await self._page.wait("coupledReady", self._run.live.ready_timeout_ms)
        await self._soft("coupled-ready", ready)
        await self._wait_for_frames()

    async def _again(self) -> None:
        await self._wait_for_hooks()
        await self._activate_pack()
        await self.drive_audio()
        await self._page.wait("coupledReady", self._run.live.ready_timeout_ms)
        await self._wait_for_frames()
        await self.seed_order()

    async def seed_order(self) -> None:
        """Lets a page that shuffles visit what is missing first."""
        request, name = self._run.request, self._pack.name
        if request.picking.mode != "shuffle":
            return
        pairs, seen = self._pack.manifest.listed_ids, self._seen()
        visited = seen.taken
        num_missing = len(set(self._pack.ids).difference(visited))
        self._num_seeded += 1
        seed = request.seed + 1000 * self._num_seeded
        state = ShuffleState(
            pack=name,
            len=len(pairs),
            order=missing_first(
                pairs,
                visited,
                self._number,
                self._run.live.num_workers,
                seed,
                aside=seen.aside,
                never={*pairs} - self._pack.pairs.keys() | self._pack.skipped,
                probe=seen.probe,
            ),
            updated_at=self._run.clock.now_ms(),
            seeded_by=f"eval:resume visited={len(visited)}",
        )
        ok = await self._page.store(SHUFFLE_KEY, row_bytes(state).decode().strip())
        missing = f"missingFirst={num_missing}/{len(pairs)}"
        self._run.log.step(name, f"seed-shuffle ok={int(ok)} {missing}")

    async def drive_audio(self) -> None:
        """Plays the music and proves that it is heard. Raises as `run` does."""
        await drive_audio(self._page, self._run.music, self._run.live, self._note_audio)

    def _note_audio(self, check: SoundCheck) -> None:
        record = self._run.record
        timing = record.timing
        record.count(
            audio_check_count=timing.audio_check_count + 1,
            audio_check_fail_count=timing.audio_check_fail_count + (not check.ok),
            audio_check_total_ms=timing.audio_check_total_ms + round(check.took_s * 1000),
        )
        self._run.log.heard(
            self._pack.name,
            self._run.music.mode,
            ok=check.ok,
            rms=check.rms or 0,
            peak=check.peak or 0,
        )

    async def _wait_for_hooks(self) -> None:
        live, page = self._run.live, self._page
        self._phase("dom_ready")
        await page.meet()
        if not await page.wait("attached", live.attach_timeout_ms):
            raise _not_there("#viz-canvas and #preset-next", live.attach_timeout_ms)
        self._log("preset-next:attached")
        if await page.uncheck_auto():
            self._log("preset-auto-toggle:off")
        if not await page.wait("hooks", live.ready_timeout_ms):
            raise _not_there("__nw_verify.getVerifyState", live.ready_timeout_ms)
        self._log("verify-hooks:ok")
        await self._soft("verify-ready", await page.wait("ready", live.ready_timeout_ms))
        await page.raise_flags()

    async def _activate_pack(self) -> None:
        live, page, name = self._run.live, self._page, self._pack.name
        self._log(f"coupledInit ok={int(await page.coupled_init(f'eval:{name}'))}")
        await self._soft(
            "coupled-enabled", await page.wait("coupledEnabled", live.ready_timeout_ms, name)
        )
        url = f"/presets/{name}/{self._pack.manifest_path.name}"
        pairs = await page.manifest_pairs(url)
        if pairs is None or not _are_same(pairs, self._pack.manifest):
            found = "none" if pairs is None else f"{len(pairs)} pairs, not the same ones"
            num_listed = len(self._pack.manifest.listed_ids)
            raise OtherManifestError(
                f"the {num_listed} pairs of {self._pack.manifest_path} in their order at {url}",
                found,
                "let the runtime and AIVJ use the same manifest; --home moves AIVJ's",
            )

    async def _soft(self, name: str, ok: bool) -> None:
        self._log(f"{name}:{'ok' if ok else 'timeout'}")

    async def _prove_renderer(self) -> None:
        told, choice = await self._page.webgl(), self._run.choice
        self._run.log.drawn_by(self._pack.name, told)
        self._run.record.drawn_by(told)
        _refuse_other_renderer(told, choice, choice.plan)

    async def _wait_for_frames(self) -> None:
        ready = await self._page.wait("projectm", self._run.live.draw_timeout_ms)
        shown = await self._page.shown()
        frames = int(shown.frames_rendered or 0)
        state = f" ok=1 frames={frames} aborted={int(shown.aborted)}" if ready else ":timeout"
        self._log(f"projectm-ready{state}")

    async def _self_test(self) -> None:
        live, name = self._run.live, self._pack.name
        timeout_ms = max(live.pick_timeout_ms, live.self_test_timeout_ms)
        num_picked = num_reloads = 0
        while num_picked < _SELF_TEST_PICKS:
            answer = await self._self_test_pick(timeout_ms)
            self._run.log.self_test_snapshot(name, f"pick{num_picked + 1}", answer)
            if answer.outcome in {"picked", "refused"}:
                num_picked += 1
                continue
            # A pair that never comes is not the page's end: others may.
            num_reloads += 1
            suspect = answer.suspect
            is_known = suspect is not None and suspect in self._pack.pairs
            if (
                not (is_known or answer.outcome == "reloaded")
                or num_reloads > live.stuck_max_restarts
            ):
                raise RunError(
                    f"a page whose picks advance, two of them within {timeout_ms / 1000:g} s each",
                    f"stuck at {answer.outcome}: {answer.error}",
                    "look at the page, and at the self-test's lines in vite.log",
                )
            if suspect is not None and is_known:
                self._on_stuck(suspect, f"stuck at {answer.outcome}: {answer.error}")
            await self.reload()
        self._run.log.self_test_ok(name)

    async def _self_test_pick(self, timeout_ms: float) -> PickAnswer:
        try:
            return await self._page.pick(self._pack.name, "eval:self-test", timeout_ms)
        except WorkerLostError:
            raise
        except ItemError as error:
            return PickAnswer(outcome="reloaded", error=error.found, shown=Shown())

    def _phase(self, name: str) -> None:
        pack = self._pack.name
        self._run.record.phase = f"{name}:{pack}"
        self._log(f"bootstrap phase={name}:{pack}")

    def _log(self, text: str) -> None:
        self._run.log.step(self._pack.name, text)


def _not_there(what: str, timeout_ms: int) -> RunError:
    return RunError(
        f"{what} on the page within {timeout_ms / 1000:g} s",
        "none",
        "open the address in a browser: is it the runtime's page, and does it load without errors?",
    )


def _refuse_other_renderer(told: WebGl, choice: RendererChoice, plan: LaunchPlan) -> None:
    if not told.ok or not told.renderer:
        raise RendererRefusedError(
            "a page that tells what draws", told.error or "nothing", "run `aivj doctor`"
        )
    report = RendererReport(told.vendor or "", told.renderer, "", choice.report.chromium_version)
    refuse_wrong_renderer(report, choice.policy, plan)
    if report.renderer_class != choice.report.renderer_class:
        raise RendererRefusedError(
            f"the renderer that was proved before, {choice.report.renderer!r}, in the page",
            repr(told.renderer),
            "look why the page draws with something else than the browser was started for",
        )


def _are_same(pairs: Sequence[ListedPair], manifest: PairsManifest) -> bool:
    """Tells whether a page lists a manifest's pairs; entries that nobody can use do not count."""
    faulty = {fault.place for fault in manifest.faults}
    there = [
        (each.pair, each.fg, each.bg) for place, each in enumerate(pairs) if place not in faulty
    ]
    expected = [(pair.pair, pair.fg_url, pair.bg_url) for pair in manifest.pairs]
    return there == expected and len(pairs) == len(expected) + len(faulty)
