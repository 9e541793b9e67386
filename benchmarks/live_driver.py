"""The live driver beside the classic protocol, on our player: pairs a minute, and the same figures.

All in one run: the same real pairs, page, music and renderer, and the driver's own bootstrap. The
classic sleeps eight times 250 ms a pair and reads what the page says (section 5.2 of the wire
contracts). Both first look at the same pictures at the same time: that tells whether their figures
are the same. Then each samples by itself, which tells how fast it is, and how well anybody, the
classic included, agrees with another take of the same pairs. Rates are from first row to last.
"""

import argparse
import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from rich.table import Table

from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.browser.choice import RendererChoice
from aivj.browser.session import BrowserSession
from aivj.live.bootstrap import Bootstrap, Seen
from aivj.live.live_log import LiveLog
from aivj.live.live_run import LiveRun, PageEvents
from aivj.live.measurement import measure_samples
from aivj.live.music import read_music
from aivj.live.new_record import new_live_record
from aivj.live.page_answers import LayerReading, PickAnswer, Sample
from aivj.live.run import sample_live
from aivj.live.runtime_page import RuntimePage
from aivj.live.settings import LiveSettings
from aivj.runs.clock import Clock
from aivj.runs.directory import RunDirectory
from aivj.runs.open_run import open_run
from aivj.sampling.packs import SamplePack, read_packs
from aivj.sampling.request import SampleRequest
from aivj.stage.server import StageServer
from benchmarks.agreement import rank_correlation
from benchmarks.goals import Goal, print_goals
from benchmarks.real_pairs import LIBRARY, PACK, RealPairs, real_pairs
from benchmarks.screen import console
from benchmarks.stage_plan import GPU_POLICIES, prove_renderer

_INTERVAL_S = 0.25
_NUM_WARMUP = 2
_NUM_MEASURED = 6
_READ = """() => {
  const seen = window.__projectm_verify;
  return ["fg", "bg"].map((name) => {
    const { avgLuma, avgColorR, avgColorG, avgColorB } = seen.perPm[name];
    return { avgLuma, avgColorR, avgColorG, avgColorB };
  });
}"""


Figures = tuple[float, float]


@dataclass(frozen=True)
class Contest:
    """What one protocol measured; luma and motion by pair."""

    name: str
    figures: Mapping[int, Figures]
    pairs_per_min: float


def rate(times_s: list[float]) -> float:
    """Returns pairs a minute from the first to the last."""
    return 60 * (len(times_s) - 1) / (times_s[-1] - times_s[0])


def race_live(
    name: str, request: SampleRequest, live: LiveSettings, choice: RendererChoice
) -> Contest:
    """Lets the live driver sample the pack."""
    summary = sample_live(request, live, music=read_music("groove"), choice=choice)
    rows = summary.directory.rows()
    figures = {
        row.pair: (row.viz_avg_luma, row.viz_avg_frame_delta)
        for row in rows
        if row.pair is not None
        and row.viz_avg_luma is not None
        and row.viz_avg_frame_delta is not None
    }
    return Contest(name, figures, rate([row.t_ms / 1000 for row in rows]))


def race_classic(
    name: str, request: SampleRequest, live: LiveSettings, choice: RendererChoice
) -> Contest:
    """Samples the pack by the classic protocol."""
    takes = _take_all(request, live, choice, _classic_take)
    return Contest(name, takes.figures, rate(takes.times_s))


def watch_both(
    request: SampleRequest, live: LiveSettings, choice: RendererChoice
) -> tuple[Contest, Contest, Contest]:
    """Measures the same pictures by the classic, the live driver, and its first samples alone."""
    takes = _take_all(request, live, choice, _take_of_both)
    pairs_per_min = rate(takes.times_s)
    names = ("classic", "live", "live, 4 intervals")
    classic, driver, short = (
        Contest(name, {pair: each[at] for pair, each in takes.figures.items()}, pairs_per_min)
        for at, name in enumerate(names)
    )
    return classic, driver, short


@dataclass(frozen=True)
class _Takes:
    """Figures by pair, and when each was there."""

    figures: dict[int, Any]
    times_s: list[float]


Take = Callable[[RuntimePage, PickAnswer], Awaitable[Any]]


def _take_all(
    request: SampleRequest, live: LiveSettings, choice: RendererChoice, take: Take
) -> _Takes:
    (pack,) = read_packs(request)
    directory = RunDirectory(request.out_dir)
    music, clock = read_music("groove"), Clock()
    with open_run(
        new_live_record(request, live, (pack,), music, choice, clock),
        directory,
        LiveLog,
        retry_failed=False,
        on_progress=lambda _: None,
        clock=clock,
    ) as opened:
        events = PageEvents(directory.path, clock)
        run = LiveRun(
            opened.record, opened.log, opened.tally, clock, request, live, music, choice, events
        )
        return asyncio.run(_visit(run, pack, take))


async def _visit(run: LiveRun, pack: SamplePack, take: Take) -> _Takes:
    takes = _Takes({}, [])
    failed: set[int] = set()
    async with BrowserSession(run.choice.plan, "auto") as browser:
        page = await RuntimePage.open(browser, run.live, lambda *_: None, headed=False)

        def seen() -> Seen:
            return Seen(takes.figures.keys() | failed, (), probe=False)

        await Bootstrap(run, pack, page, 0, seen, lambda pair, _: failed.add(pair)).run()
        while len(takes.figures) + len(failed) < pack.num_target:
            answer = await page.pick(pack.name, "bench", run.live.pick_timeout_ms)
            if answer.outcome != "picked" or answer.pair is None:
                failed.add(answer.loading_pair if answer.loading_pair is not None else -1)
                continue
            takes.figures[answer.pair] = await take(page, answer)
            takes.times_s.append(time.monotonic())
    return takes


async def _classic_take(page: RuntimePage, _: PickAnswer) -> Figures:
    samples = [await _reading(page) for _ in range(_NUM_WARMUP + _NUM_MEASURED)]
    return _figures(samples[_NUM_WARMUP - 1 :])


async def _take_of_both(page: RuntimePage, picked: PickAnswer) -> tuple[Figures, Figures, Figures]:
    assert picked.last_pick is not None
    classic, answer = await asyncio.gather(
        _classic_take(page, picked),
        page.measure(PACK, picked.last_pick, picked.unsettled_ms or 0),
    )
    return classic, _figures(answer.samples), _figures(answer.samples[:3])


def _figures(samples: Sequence[Sample]) -> Figures:
    measured = measure_samples(samples, 1000 * _INTERVAL_S)
    assert measured.luma is not None
    assert measured.motion is not None
    return measured.luma, measured.motion


async def _reading(page: RuntimePage) -> Sample:
    await asyncio.sleep(_INTERVAL_S)
    fg, bg = cast("tuple[Any, Any]", await page.page.call(_READ, None, 10))
    return Sample(fg=LayerReading(**fg), bg=LayerReading(**bg))


@contextlib.contextmanager
def serving(pairs: RealPairs) -> Iterator[str]:
    """Serves our player in a thread; yields its origin."""
    clip = groove()
    server = StageServer(
        packs_root=pairs.packs_root,
        clips={"music": time_bytes(clip, clip.num_samples)},
        convert=lambda data: pairs.converter.convert(data).model_dump_json().encode(),
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.open(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def agreement(first: Contest, second: Contest) -> tuple[float, float, int]:
    """Returns the rank correlations of luma and of motion, and over how many pairs."""
    shared = sorted(first.figures.keys() & second.figures.keys())
    luma, motion = (
        rank_correlation(
            [first.figures[pair][which] for pair in shared],
            [second.figures[pair][which] for pair in shared],
        )
        for which in (0, 1)
    )
    return luma, motion, len(shared)


def print_contests(contests: Sequence[Contest], title: str) -> None:
    """Prints how fast each was, and how well it agrees with the first."""
    classic = contests[0]
    table = Table("", "pairs", "pairs/min", "times", "luma", "motion", title=title)
    for contest in contests:
        luma, motion, num_shared = agreement(classic, contest)
        table.add_row(
            contest.name,
            str(num_shared),
            f"{contest.pairs_per_min:.1f}",
            f"{contest.pairs_per_min / classic.pairs_per_min:.2f}",
            "" if contest is classic else f"{luma:.3f}",
            "" if contest is classic else f"{motion:.3f}",
        )
    console.print(table)


def main() -> None:
    """Lets the protocols run, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", type=Path, default=LIBRARY)
    parser.add_argument("--pairs", type=int, default=48)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gpu", choices=GPU_POLICIES, default="auto")
    options = parser.parse_args()
    choice = prove_renderer(options.gpu)
    load = os.getloadavg()[0]
    with (
        real_pairs(options.presets, options.pairs, options.seed) as pairs,
        serving(pairs) as origin,
        TemporaryDirectory() as folder,
    ):
        live = LiveSettings(
            f"{origin}/?size=256x144&seed=1", width=640, height=480, device_scale_factor=1
        )

        def request(name: str) -> SampleRequest:
            return SampleRequest(
                (PACK,), pairs.packs_root, Path(folder) / name, target_coverage=1, reload_every=0
            )

        watched = watch_both(request("both"), live, choice)
        short, pages = replace(live, measure_samples=4), replace(live, num_workers=2)
        alone = [
            race_classic("classic, 1 page", request("classic"), live, choice),
            race_live("live, 1 page", request("live"), live, choice),
            race_live("live, 1 page, 4 intervals", request("short"), short, choice),
            race_live("live, 2 pages", request("pages"), pages, choice),
            race_live(
                "live, 2 pages, 4 intervals",
                request("short-pages"),
                replace(short, num_workers=2),
                choice,
            ),
        ]
    title = f"{choice.report.renderer}, load before {load:.1f}"
    print_contests(watched, f"{title}: the same pictures at the same time")
    print_contests(alone, f"{title}: another take each")
    luma, motion, _ = agreement(watched[0], watched[1])
    own_luma, own_motion, _ = agreement(watched[0], alone[0])
    console.print(f"the classic's two takes: luma {own_luma:.3f}, motion {own_motion:.3f}")
    speed = {contest.name: contest.pairs_per_min / alone[0].pairs_per_min for contest in alone}
    print_goals(
        [
            Goal("luma, rank against the classic, same pictures", luma, 0.95, form=".3f"),
            Goal("motion, likewise", motion, 0.95, form=".3f"),
            Goal("times the classic, 1 page", speed["live, 1 page"], 2),
            Goal("times the classic, 2 pages", speed["live, 2 pages"], 2),
            Goal("times the classic, 2 pages, 4 intervals", speed["live, 2 pages, 4 intervals"], 2),
        ]
    )


if __name__ == "__main__":
    main()
