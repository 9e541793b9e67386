"""The live driver beside the classic protocol, on our player: pairs a minute, and the same figures.

All in one run: the same real pairs, page, music and renderer, and the driver's own bootstrap. The
classic then sleeps eight times 250 ms a pair and reads what the page says (section 5.2 of the wire
contracts). It runs twice: nobody can agree with it better than it does with itself. Rates are taken
from the first row to the last.
"""

import argparse
import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table
from scipy.stats import spearmanr

from aivj.audio.groove import groove
from aivj.audio.samples import time_bytes
from aivj.browser.choice import RendererChoice
from aivj.browser.session import BrowserSession
from aivj.live.bootstrap import Bootstrap
from aivj.live.live_log import LiveLog
from aivj.live.live_run import LiveRun
from aivj.live.measurement import measure_samples
from aivj.live.music import read_music
from aivj.live.page_answers import LayerReading, Sample
from aivj.live.run import sample_live
from aivj.live.run_description import describe_live_run
from aivj.live.runtime_page import RuntimePage
from aivj.live.settings import LiveSettings
from aivj.sampling.clock import Clock
from aivj.sampling.packs import SamplePack, read_packs
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_directory import RunDirectory
from aivj.sampling.run_record import RunRecord
from aivj.stage.server import StageServer
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


@dataclass(frozen=True)
class Contest:
    """What one protocol measured; luma and motion by pair."""

    name: str
    figures: Mapping[int, tuple[float, float]]
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
    (pack,) = read_packs(request)
    directory = RunDirectory(request.out_dir)
    directory.path.mkdir(parents=True)
    music, clock = read_music("groove"), Clock()
    meta = describe_live_run(request, live, (pack,), music, choice, clock)
    with contextlib.closing(LiveLog(directory.log_path)) as log:
        record = RunRecord.open(meta, directory, clock)
        run = LiveRun(request, live, music, choice, log, record, clock)
        figures, times_s = asyncio.run(_visit(run, pack))
    return Contest(name, figures, rate(times_s))


async def _visit(
    run: LiveRun, pack: SamplePack
) -> tuple[dict[int, tuple[float, float]], list[float]]:
    figures: dict[int, tuple[float, float]] = {}
    times_s: list[float] = []
    failed: set[int] = set()
    async with BrowserSession(run.choice.plan, "auto") as browser:
        page = await RuntimePage.open(browser, run.live, lambda *_: None, headed=False)
        await Bootstrap(run, pack, page, 0, lambda: figures.keys() | failed).run()
        while len(figures) + len(failed) < pack.num_target:
            answer = await page.pick(pack.name, "bench", run.live.pick_timeout_ms)
            if answer.outcome != "picked" or answer.pair is None:
                failed.add(answer.loading_pair if answer.loading_pair is not None else -1)
                continue
            samples = [await _reading(page) for _ in range(_NUM_WARMUP + _NUM_MEASURED)]
            measured = measure_samples(samples[_NUM_WARMUP - 1 :], 1000 * _INTERVAL_S)
            if measured.luma is not None and measured.motion is not None:
                figures[answer.pair] = measured.luma, measured.motion
            times_s.append(time.monotonic())
    return figures, times_s


async def _reading(page: RuntimePage) -> Sample:
    await asyncio.sleep(_INTERVAL_S)
    fg, bg = await page.page.call(_READ, None, 10)  # type: ignore[misc]  # the script's own answer
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
        float(
            spearmanr(
                [first.figures[pair][which] for pair in shared],
                [second.figures[pair][which] for pair in shared],
            ).statistic
        )
        for which in (0, 1)
    )
    return luma, motion, len(shared)


def print_contests(contests: list[Contest], title: str) -> None:
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

        contests = [
            race_classic("classic, 1 page", request("a"), live, choice),
            race_live("live, 1 page", request("b"), live, choice),
            race_classic("classic again", request("c"), live, choice),
            race_live(
                "live, 1 page, 4 intervals",
                request("d"),
                replace(live, measure_samples=4),
                choice,
            ),
            race_live("live, 2 pages", request("e"), replace(live, num_pages=2), choice),
        ]
    title = f"{choice.report.renderer}, load before {load:.1f}; ranks against the first"
    print_contests(contests, title)
    classic, _, again, _, two_pages = contests
    luma, motion, _ = agreement(classic, two_pages)
    own_luma, own_motion, _ = agreement(classic, again)
    print_goals(
        [
            Goal("2 pages, times the classic", two_pages.pairs_per_min / classic.pairs_per_min, 2),
            Goal("luma, rank against the classic", luma, 0.95),
            Goal("motion, rank against the classic", motion, 0.95),
            Goal("luma, as well as the classic agrees with itself", luma - own_luma, 0),
            Goal("motion, likewise", motion - own_motion, 0),
        ]
    )


if __name__ == "__main__":
    main()
