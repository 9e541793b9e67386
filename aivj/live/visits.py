"""One page's share of a pack: picks, measurements and rows, until the pack is visited."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aivj.browser.pinning import pinned_to_own_gpu
from aivj.browser.session import BrowserSession
from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.run_folder import MIN_SOUND_RMS
from aivj.errors import (
    AivjError,
    ItemError,
    OtherManifestError,
    RestartLimitError,
    RunError,
    SilentAudioError,
    WorkerLostError,
)
from aivj.live.bootstrap import Bootstrap, Seen
from aivj.live.live_run import LiveRun
from aivj.live.measurement import measure_samples
from aivj.live.page_answers import MeasureAnswer, PickAnswer
from aivj.live.rows import PageErrors, overlay_text
from aivj.live.runtime_page import RuntimePage
from aivj.live.shares import Shares
from aivj.sampling.packs import SamplePack


@dataclass
class _Seat:
    """A browser, its page, and what brought it up."""

    browser: BrowserSession
    page: RuntimePage
    bootstrap: Bootstrap


class Visits:
    """Visits pairs of one pack with one page at a time.

    Args:
        run: The run.
        pack: The pack.
        number: Which of the run's pages it is.
        shares: What all pages do; rows go there.
    """

    def __init__(self, run: LiveRun, pack: SamplePack, number: int, shares: Shares) -> None:
        self._run = run
        self._pack = pack
        self._number = number
        self._shares = shares
        self._errors = PageErrors()
        self._seat: _Seat | None = None
        self._num_in_document = 0
        self._num_stuck = 0
        self._num_recoveries = 0
        # Pairs that timed out, and why; whether they are to blame or the page is not known yet.
        self._suspects: dict[int, str] = {}
        self._num_charged = 0

    async def run(self) -> None:
        """Visits until nothing is left of the pack, or of the time.

        Raises:
            RunError: What cannot be mended; see `Bootstrap.run` for the bootstrap's.
            RestartLimitError: Browsers died more often than is allowed.
        """
        try:
            while not self._shares.is_done(self._pack):
                await self._visit_on_a_living_page()
        finally:
            await self._leave()

    async def _visit_on_a_living_page(self) -> None:
        seat = self._seat or await self._settled()
        try:
            await self._visit(seat)
        except SilentAudioError as error:
            await self._leave()
            self._count_failed_bootstrap(error)
        except WorkerLostError as error:
            await self._leave()
            num = self._shares.restarted(self._pack.name, error.kind, error.found)
            most = self._run.live.browser_max_restarts
            if num > most:
                raise RestartLimitError(
                    f"at most {most} browsers replaced in a run",
                    f"one more is lost: {error.kind}: {error.found}",
                    "look at vite.log and at the machine's memory, then resume",
                ) from error

    async def _settled(self) -> _Seat:
        """Brings a page up; what another browser may mend is tried again, not for ever."""
        while True:
            plan = await asyncio.to_thread(pinned_to_own_gpu, self._run.choice.plan)
            browser = BrowserSession(plan, "auto")
            try:
                seat = await self._brought_up(browser)
            except (WorkerLostError, SilentAudioError) as error:
                await browser.close()
                self._count_failed_bootstrap(error)
            except BaseException:
                await browser.close()
                raise
            else:
                self._errors.clear()
                self._num_in_document = 0
                self._seat = seat
                return seat

    def _count_failed_bootstrap(self, error: RunError | WorkerLostError) -> None:
        self._num_recoveries += 1
        if self._num_recoveries > self._run.live.stuck_max_restarts:
            raise error
        kind = error.kind if isinstance(error, WorkerLostError) else "audio-silent"
        self._shares.restarted(self._pack.name, kind, error.found)

    async def _brought_up(self, browser: BrowserSession) -> _Seat:
        # Any renderer will do for the browser: the page itself is asked what draws.
        await browser.open()
        headed = self._run.choice.plan.headed
        page = await RuntimePage.open(browser, self._run.live, self._on_event, headed=headed)
        bootstrap = Bootstrap(
            self._run,
            self._pack,
            page,
            self._number,
            self._seen,
            self._suspects.__setitem__,
        )
        await bootstrap.run()
        return _Seat(browser, page, bootstrap)

    def _seen(self) -> Seen:
        aside = {*self._shares.aside(self._pack.name), *self._suspects}
        return Seen(self._shares.taken(self._pack.name), aside, probe=bool(self._suspects))

    async def _leave(self) -> None:
        seat, self._seat = self._seat, None
        if seat is not None:
            await seat.browser.close()

    async def _visit(self, seat: _Seat) -> None:
        every = self._run.request.reload_every
        if every and self._num_in_document >= every:
            self._run.log.reloading(self._pack.name, self._shares.iteration(self._pack.name))
            await self._reload(seat)
        self._num_in_document += 1
        try:
            with self._shares.pick(self._pack.name) as iteration:
                await self._visit_next(seat, iteration)
        except WorkerLostError:
            raise
        except ItemError as error:
            await self._note_thrown(seat, error.found)

    async def _note_thrown(self, seat: _Seat, why: str) -> None:
        """The page was loaded anew under our hands, is about to be, or throws at us."""
        if not await seat.page.is_other():
            try:
                await self._count_stuck(seat, why)
            except WorkerLostError:
                raise
            except ItemError:
                # Its document went between the question and what was done about the answer.
                pass
            else:
                return
        await self._settle(seat)

    async def _visit_next(self, seat: _Seat, iteration: int) -> None:
        timeout_ms = self._run.live.pick_timeout_ms
        answer = await seat.page.pick(self._pack.name, "eval:iter", timeout_ms)
        if answer.outcome == "reloaded":
            await self._settle(seat)
        elif answer.outcome == "refused":
            await self._note_refusal(seat, answer, iteration)
        elif answer.outcome != "picked":
            await self._note_stuck(seat, answer, iteration)
        else:
            pair = self._known_pair(answer)
            await self._note_life(seat, pair, iteration)
            with self._shares.claim(self._pack, pair) as is_wanted:
                if is_wanted:
                    await self._measure(seat, answer, pair, iteration)
            if not is_wanted:
                # The order is used up, or another page was here first.
                await seat.bootstrap.seed_order()

    def _known_pair(self, picked: PickAnswer) -> int:
        pair = picked.pair
        if pair is None or not (pair in self._pack.pairs or pair in self._pack.faults):
            raise OtherManifestError(
                f"picks of the {len(self._pack.pairs)} pairs in {self._pack.manifest_path}",
                f"pair {pair} ({picked.shown.status or 'no status'})",
                "let the runtime and AIVJ use the same manifest; --home moves AIVJ's",
            )
        return pair

    async def _measure(self, seat: _Seat, picked: PickAnswer, pair: int, iteration: int) -> None:
        assert picked.last_pick is not None  # noqa: S101 - it names the pair
        answer = await seat.page.measure(
            self._pack.name, picked.last_pick, picked.unsettled_ms or 0
        )
        if seat.browser.gpu_process_died():
            raise WorkerLostError.because("gpu-crash", "the process that draws died meanwhile")
        if answer.replaced:
            await self._note_replaced(seat, answer, pair, iteration)
            return
        self._num_stuck = 0
        if self._is_silent(answer):
            await seat.bootstrap.drive_audio()
            return
        row = self._row(picked, answer, pair)
        self._shares.add_row(row)
        self._errors.clear()
        await seat.page.overlay(
            overlay_text(
                row,
                answer,
                visited=f"{len(self._shares.visited(self._pack.name))}/{self._pack.num_target}",
                iteration=iteration,
            )
        )

    def _row(self, picked: PickAnswer, answer: MeasureAnswer, pair: int) -> EvalRow:
        assert picked.last_pick is not None  # noqa: S101 - it names the pair
        measured = measure_samples(answer.samples, self._run.live.interval_ms)
        return self._shares.writer.row(
            self._pack.name,
            pair,
            picked.last_pick,
            answer,
            measured,
            self._errors,
            self._run.clock.now_ms(),
        )

    def _is_silent(self, answer: MeasureAnswer) -> bool:
        wants_sound = self._run.music.file is not None
        return wants_sound and (answer.shown.audio_rms or 0) < MIN_SOUND_RMS

    async def _note_refusal(self, seat: _Seat, answer: PickAnswer, iteration: int) -> None:
        pair = answer.loading_pair
        if pair is None or not self._pack.is_wanted(pair):
            await self._count_stuck(seat, answer.error or "refused")
            return
        self._num_stuck = 0
        self._shares.add_failure(self._pack, pair, _not_shown(answer.error), iteration)

    async def _note_life(self, seat: _Seat, shown: int, iteration: int) -> None:
        """The page shows a pair: those that did not come are to blame, and the page is not."""
        if not self._suspects:
            return
        self._num_stuck = 0
        suspects = dict(self._suspects)
        self._suspects.clear()
        self._num_recoveries -= self._num_charged
        self._num_charged = 0
        suspects.pop(shown, None)
        for pair, why in suspects.items():
            self._shares.add_timeout(self._pack, pair, why, iteration)
        if suspects:
            await seat.bootstrap.seed_order()

    async def _note_replaced(
        self, seat: _Seat, answer: MeasureAnswer, pair: int, iteration: int
    ) -> None:
        shown = answer.shown
        if shown.aborted:
            self._num_stuck = 0
            error = _not_shown(f"drawing stopped: {shown.abort_reason or shown.status}")
            self._shares.add_failure(self._pack, pair, error, iteration)
        else:
            await self._count_stuck(seat, f"pair {pair} was replaced while it was measured")

    async def _note_stuck(self, seat: _Seat, answer: PickAnswer, iteration: int) -> None:
        most = self._run.live.stuck_max_consecutive
        self._run.log.stuck(self._pack.name, iteration, answer, self._num_stuck + 1, most)
        why = f"stuck at {answer.outcome}: {answer.error}"
        suspect = answer.suspect
        if suspect is not None and self._pack.is_wanted(suspect):
            self._suspects.setdefault(suspect, why)
        await self._count_stuck(seat, why)

    async def _count_stuck(self, seat: _Seat, why: str) -> None:
        live = self._run.live
        self._num_stuck += 1
        if self._num_stuck < live.stuck_max_consecutive:
            await seat.bootstrap.seed_order()
            return
        self._num_stuck = 0
        self._count_recovery(f"{live.stuck_max_consecutive} in a row failed again: {why}")
        await self._reload(seat)

    def _count_recovery(self, why: str) -> None:
        most = self._run.live.stuck_max_restarts
        self._num_recoveries += 1
        self._num_charged += bool(self._suspects)
        if self._num_recoveries > most:
            raise RunError(
                f"picks that advance after at most {most} recoveries",
                why,
                "look at the pick-timeout lines in vite.log, then resume",
            )
        self._run.log.recovering(self._pack.name, self._num_recoveries, most)
        self._run.events.write(self._pack.name)

    async def _settle(self, seat: _Seat) -> None:
        """The page has loaded itself anew: it is brought to where it was."""
        self._count_recovery("the page loaded itself anew once more")
        await self._bring_back(seat.bootstrap.settle)

    async def _reload(self, seat: _Seat) -> None:
        await self._bring_back(seat.bootstrap.reload)

    async def _bring_back(self, steps: Callable[[], Awaitable[None]]) -> None:
        self._num_in_document = 0
        started = time.monotonic()
        try:
            await steps()
        except TimeoutError as error:
            raise WorkerLostError.because("page-load", str(error)) from error
        finally:
            self._shares.reloaded(round((time.monotonic() - started) * 1000))
            self._run.record.phase = "sampling"
        self._errors.clear()

    def _on_event(self, kind: str, text: str) -> None:
        self._errors.count(kind)
        self._run.events.add(kind, text)
        # A full disk ends the run where rows are written, not in the middle of an event.
        with contextlib.suppress(AivjError, ValueError):
            self._run.log.event(kind, text)


def _not_shown(found: str | None) -> ItemError:
    return ItemError(
        "not-shown",
        "a page that shows the pair it picked",
        found or "it does not say why",
        "look at the pair in the runtime, or take it out of the manifest",
    )
