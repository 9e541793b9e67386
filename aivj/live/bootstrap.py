"""From an empty page to one that is proved: it draws, it hears, and its picks advance.

The steps of section 6.4 of the wire contracts, in their order.
"""

from collections.abc import Callable, Collection

from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import LaunchPlan
from aivj.browser.renderer import RendererReport, refuse_wrong_renderer
from aivj.contracts.json_text import row_bytes
from aivj.contracts.run_meta import WebGl
from aivj.errors import OtherManifestError, RendererRefusedError, RunError
from aivj.live.address import page_address
from aivj.live.live_run import LiveRun
from aivj.live.navigation import Navigation
from aivj.live.runtime_page import RuntimePage
from aivj.live.shuffle_order import SHUFFLE_KEY, ShuffleState, missing_first
from aivj.live.sound import SoundCheck, drive_audio
from aivj.sampling.packs import SamplePack

_SELF_TEST_PICKS = 2


class Bootstrap:
    """Brings one page up for one pack.

    Args:
        run: The run.
        pack: The pack.
        page: The page.
        number: Which of the pages it is.
        visited: Tells which pairs need no visit of this page any more.
    """

    def __init__(
        self,
        run: LiveRun,
        pack: SamplePack,
        page: RuntimePage,
        number: int,
        visited: Callable[[], Collection[int]],
    ) -> None:
        self._run = run
        self._pack = pack
        self._page = page
        self._number = number
        self._visited = visited
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
        await self._wait_for_hooks()
        await self._activate_pack()
        await self.seed_order()
        self._phase("audio_probe")
        await self.drive_audio()
        self._phase("webgl_probe")
        await self._prove_renderer()
        await self._soft(
            "coupled-ready", await self._page.wait("coupledReady", live.ready_timeout_ms)
        )
        await self._wait_for_frames()
        await self._self_test()
        # The self-test has used up two places of the order.
        await self.seed_order()
        self._run.record.loop_started()

    async def reload(self) -> None:
        """Loads the page anew, and brings it to where it was but for what stays proved."""
        await self._page.page.reload(self._run.live.goto_timeout_ms / 1000)
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
        pairs, visited = list(self._pack.pairs), self._visited()
        num_missing = len(pairs) - len(visited)
        self._num_seeded += 1
        seed = request.settings.seed + 1000 * self._num_seeded
        state = ShuffleState(
            pack=name,
            len=len(pairs),
            order=missing_first(pairs, visited, self._number, self._run.live.num_pages, seed),
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
        self._run.log.audio(self._pack.name, self._run.music.mode, check)

    async def _wait_for_hooks(self) -> None:
        live, page = self._run.live, self._page
        self._phase("dom_ready")
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
        expected = list(self._pack.pairs)
        if pairs != expected:
            found = "none" if pairs is None else f"{len(pairs)} pairs, not the same ones"
            raise OtherManifestError(
                f"the {len(expected)} pairs of {self._pack.manifest_path} in their order at {url}",
                found,
                "let the runtime and AIVJ use the same manifest; --home moves AIVJ's",
            )

    async def _soft(self, name: str, ok: bool) -> None:
        self._log(f"{name}:{'ok' if ok else 'timeout'}")

    async def _prove_renderer(self) -> None:
        told, choice = await self._page.webgl(), self._run.choice
        self._run.log.webgl(
            self._pack.name, told.model_dump(mode="json", by_alias=True, exclude_none=True)
        )
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
        for number in range(_SELF_TEST_PICKS):
            answer = await self._page.pick(name, "eval:self-test", timeout_ms)
            self._run.log.self_test_snapshot(name, f"pick{number + 1}", answer)
            if answer.outcome == "refused":
                continue
            if answer.outcome != "picked":
                raise RunError(
                    f"a page whose picks advance, two of them within {timeout_ms / 1000:g} s each",
                    f"stuck at {answer.outcome}: {answer.error}",
                    "look at the page, and at the self-test's lines in vite.log",
                )
        self._log("self-test:ok")

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
