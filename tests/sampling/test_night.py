"""Nights of hours, replayed in seconds: what is written when browsers die and time runs out."""

from collections import Counter
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from executor.simulation import SimulatedBench
from takes.made import drawn

from aivj.audio.groove import groove
from aivj.audio.playlist import Playlist
from aivj.contracts.pairs_manifest import ManifestPair, PairsManifest, write_pairs_manifest
from aivj.contracts.run_meta import read_run_meta
from aivj.executor.loop import work
from aivj.executor.slot import Reply
from aivj.gate.run_check.report import check_run
from aivj.presets.digest import content_hash
from aivj.runs.clock import Clock
from aivj.sampling.picking import Picking
from aivj.sampling.request import SampleRequest
from aivj.sampling.run import clips_of, sample
from aivj.takes.render import Kept, TakeJob
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf
from aivj.takes.take import Take

START_S = 1_800_000_000.0
NUM_PAIRS = 600
WHOLE_NIGHT = 3000
TINY = RenderSettings(
    width=64, height=36, warmup_frames=1, measure_frames=2, silent_frames=1, silent_every=1
)


class DrawingBench(SimulatedBench):
    """Keeps a take of each preset: a picture of its content's own."""

    writer = renderer = None

    def wait(self, timeout_s):
        messages = super().wait(timeout_s)
        for message in messages:
            reply = getattr(message, "reply", None)
            if reply is not None and isinstance(reply.value, TakeJob):
                kept = Kept(self._draw(reply.value), load_ms=9.0, render_ms=5.0)
                object.__setattr__(message, "reply", Reply(kept, reply.duration_s))
        return messages

    def _draw(self, job):
        outcome = drawn(TINY)
        own = np.frombuffer(bytes.fromhex(job.content), np.uint8)
        outcome.cells.music[:, 0, : len(own), 0] = own
        drawn_by = self.renderer.renderer, self.renderer.chromium_version
        return self.writer.add(Take(job.content, outcome, *drawn_by))


class NightExecutor:
    """Runs on a simulated bench; `clock` is the bench's."""

    num_workers = 2

    def __init__(self, **bench):
        self._make = partial(DrawingBench, self.num_workers, **bench)
        self.bench = self._make()
        self.clock = Clock(lambda: START_S + self.bench.time, lambda: self.bench.time)

    def run(self, make_worker, items, *, policy, on_event):
        self.bench = self._make(time=self.bench.time)
        (plan,) = make_worker.args
        self.bench.writer, self.bench.renderer = plan.places["0"].writer(), plan.expected
        try:
            yield from work(self.bench, items, policy, on_event)
        finally:
            self.bench.writer.close()


BLANK = SimpleNamespace(butterchurn={"version": 2}, degraded_reasons=[])


def preset(pack, pair):
    return f"per_frame_1=q1={pair}; // {pack}\n".encode()


@pytest.fixture
def num_pairs():
    return NUM_PAIRS


@pytest.fixture
def packs_root(tmp_path, num_pairs):
    root = tmp_path / "public"
    for pack in ("first", "second"):
        folder = root / "presets" / pack
        folder.mkdir(parents=True)
        pairs = []
        for pair in range(num_pairs):
            # A preset of its own, and the same behind all of them: one to draw for each pair.
            (folder / f"{pair}.milk").write_bytes(preset(pack, pair))
            own, same = f"/presets/{pack}/{pair}.milk", f"/presets/{pack}/0.milk"
            pairs.append(
                ManifestPair(pair=pair, fg_url=own, bg_url=same, warp_diff=0.0, cx_diff=0.0)
            )
        manifest = PairsManifest(pack=pack, generated_at="2026-01-01T00:00:00Z", pairs=pairs)
        write_pairs_manifest(folder / "pairs-manifest.v0.json", manifest)
    return root


@pytest.fixture
def run(packs_root, tmp_path, software_renderer):
    def run(executor, **changes):
        told = {"packs": ("first",), "packs_root": packs_root, "out_dir": tmp_path / "run"}
        told |= {"settings": TINY, "target_coverage": 1.0, "thumbnails": False, "prove": 0}
        request, playlist = SampleRequest(**told | changes), Playlist((groove(),))
        return sample(
            request,
            executor=executor,
            convert=lambda _: BLANK,
            playlist=playlist,
            choice=software_renderer,
            shelf=TakeShelf.open(tmp_path / "takes", TINY, clips_of(playlist, request), "llvmpipe"),
            clock=executor.clock,
        )

    return run


def pairs_of(rows):
    return Counter((row.pack, row.pair) for row in rows)


@pytest.mark.parametrize("num_pairs", [WHOLE_NIGHT])
def test_a_night_of_three_thousand_pairs_with_crashes_and_hangs(run, packs_root, num_pairs):
    fates = ["crash"] * 2 + ["hang"] + ["done"] * 97
    executor = NightExecutor(run_s=22.0, open_s=5.0, fate=lambda _, rng: rng.choice(fates))

    summary = run(executor)

    rows, failures = summary.directory.rows(), summary.directory.failures()
    assert pairs_of(rows) + pairs_of(failures) == {("first", p): 1 for p in range(num_pairs)}
    assert 9 < executor.bench.time / 3600 < 10
    assert summary.is_complete
    meta = read_run_meta(summary.directory.meta_path)
    assert meta.progress["first"].done
    assert 60 < meta.timing.browser_restart_count < 150
    assert [row.t_ms for row in rows] == sorted(row.t_ms for row in rows)
    assert check_run(summary.directory.path, packs_root=packs_root).failed_checks == {}


def test_running_out_of_time_is_a_normal_end_and_resume_goes_on(run):
    executor = NightExecutor(run_s=50.0, open_s=5.0)

    first = run(executor, packs=("first", "second"), max_hours=3)

    assert not first.is_complete
    # 3 h of two browsers at 50 s a pair, and what was in flight when the time was over.
    assert first.num_rows == pytest.approx(3 * 3600 / 50 * 2, abs=4)
    meta = read_run_meta(first.directory.meta_path)
    assert (meta.error, meta.progress["first"].done) == (None, False)
    assert "second" not in meta.progress or meta.progress["second"].visited == 0

    last = run(executor, packs=("first", "second"), max_hours=50, resume=True)

    assert last.is_complete
    rows = last.directory.rows()
    assert pairs_of(rows) == {
        (name, p): 1 for name in ("first", "second") for p in range(NUM_PAIRS)
    }
    names = [row.pack for row in rows]
    assert names == sorted(names)
    log = last.directory.log_path.read_text()
    assert "time budget exhausted; maxHours=3" in log
    assert f"resume: pack=first lines={first.num_rows} uniquePairs={first.num_rows}" in log


def test_a_number_of_samples_is_drawn_from_each_pack(run):
    executor = NightExecutor(run_s=1.0)

    summary = run(
        executor, packs=("first", "second"), picking=Picking("random"), target_samples=500
    )

    assert Counter(row.pack for row in summary.directory.rows()) == {"first": 500, "second": 500}
    progress = read_run_meta(summary.directory.meta_path).progress["second"]
    assert (progress.iter, progress.target_mode, progress.done) == (500, "samples", True)
    assert progress.visited < 500


def test_a_small_budget_is_raised_and_said(run):
    summary = run(NightExecutor(run_s=60.0), max_hours=0.01)

    meta = read_run_meta(summary.directory.meta_path)
    assert (meta.budget.effective_max_hours, meta.budget.was_clamped) == (0.12, True)
    assert meta.warnings == ["maxHours_too_small_for_restart_prone_flow"]
    assert summary.num_rows == pytest.approx(0.12 * 60 * 2, abs=4)


def test_failures_that_may_heal_are_tried_again_when_asked(run):
    unlucky = {content_hash(preset("first", 5)): "hang", content_hash(preset("first", 6)): "crash"}
    first = run(NightExecutor(fate=lambda job, _: unlucky.get(job.content, "done")))
    assert {row.pair for row in first.directory.failures()} == {5, 6}

    resumed = run(NightExecutor(), resume=True)
    assert resumed.num_failures == 2

    healed = run(NightExecutor(), resume=True, retry_failed=True)
    assert healed.num_failures == 0
    assert pairs_of(healed.directory.rows()) == {("first", p): 1 for p in range(NUM_PAIRS)}
