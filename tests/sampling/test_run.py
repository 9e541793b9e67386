"""What a run writes of each outcome, with an executor that hands out the outcomes it is told."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sampling.told import ToldExecutor
from takes.made import drawn

from aivj.audio.click import click_track
from aivj.audio.clip import make_clip
from aivj.audio.playlist import Playlist
from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME, read_pairs_manifest
from aivj.contracts.pairs_quality import PAIRS_QUALITY_NAME
from aivj.contracts.run_meta import read_run_meta, write_run_meta
from aivj.errors import InputError, ItemError, RunError, StorageError, WorkerLostError
from aivj.sampling.packs import read_packs
from aivj.sampling.picking import Picking
from aivj.sampling.request import SampleRequest
from aivj.sampling.run import clips_of, finished_before, sample
from aivj.stage.thumbnails import picture_luma
from aivj.storage import sha256_hex
from aivj.takes.figures import PairFigures
from aivj.takes.render import ProofJob
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf

NUM_PAIRS = 6
FIGURES = tuple(PairFigures.__dataclass_fields__)
SMALL = RenderSettings(
    width=64, height=36, warmup_frames=2, measure_frames=4, silent_frames=2, silent_every=2
)


@pytest.fixture
def packs_root(tmp_path, draw_pack):
    draw_pack(tmp_path / "public", NUM_PAIRS)
    return tmp_path / "public"


@pytest.fixture
def run(packs_root, tmp_path, converter, software_renderer):
    def run(executor, *, clip=None, takes="takes", **changes):
        told = {"packs": ("real",), "packs_root": packs_root, "out_dir": tmp_path / "run"}
        request = SampleRequest(**{**told, "settings": SMALL, "target_coverage": 1.0, **changes})
        playlist = Playlist((clip or click_track(),))
        return sample(
            request,
            executor=executor,
            convert=converter.convert,
            playlist=playlist,
            choice=software_renderer,
            shelf=TakeShelf.open(
                tmp_path / takes,
                request.settings,
                clips_of(playlist, request),
                software_renderer.report.renderer_class,
            ),
        )

    return run


@pytest.fixture
def told(packs_root):
    return partial(ToldExecutor, packs_root)


def test_each_outcome_is_a_row_or_a_failure(run, told):
    faults = {
        1: ItemError("script-error", "a preset", "a trap", "repair it"),
        2: WorkerLostError.because("browser-crash", "it died"),
        3: drawn(SMALL, level=0, step=0),
    }

    summary = run(told(faults))

    rows = {row.pair: row for row in summary.directory.rows()}
    failures = {row.pair: row for row in summary.directory.failures()}
    assert set(rows) == {0, 3, 4, 5}
    assert rows[3].fg_contribution == 0
    assert rows[0].ok_heuristic
    assert rows[0].preset_fg_id == "coupled:real:0:fg"
    assert (failures[1].kind, failures[1].num_attempts, failures[1].quarantined) == (
        "script-error",
        1,
        False,
    )
    assert (failures[2].num_attempts, failures[2].quarantined) == (3, True)
    assert (summary.num_rows, summary.num_failures, summary.num_target) == (4, 2, 6)
    assert picture_luma(summary.directory.thumbnail_path("real", 4).read_bytes()) == pytest.approx(
        rows[4].last_luma, abs=0.01
    )
    assert all(row.composed for row in rows.values())


def test_the_table_holds_the_rows(run, told):
    summary = run(told())

    table = pq.read_table(summary.directory.parquet_path)

    assert table.column_names == list(EvalRow.model_fields)
    rows = summary.directory.rows()
    assert table["pair"].to_pylist() == sorted(row.pair for row in rows)
    assert table["viz_avg_luma"].to_pylist() == [rows[0].viz_avg_luma] * NUM_PAIRS
    assert table.schema.field("reasons").type.value_type == "string"


def test_order_follows_the_seed_and_coverage_stops_early(run, tmp_path, told):
    executors = [told(), told(), told()]
    for number, executor in enumerate(executors):
        run(
            executor,
            out_dir=tmp_path / str(number),
            takes=str(number),
            target_coverage=0.5 if number == 2 else 1.0,
        )

    assert executors[0].seen == executors[1].seen != list(range(NUM_PAIRS))
    assert executors[2].seen == executors[0].seen[:3]


def test_an_absent_preset_is_a_failure_of_its_pair_alone(run, packs_root, told):
    manifest = read_pairs_manifest(packs_root / "presets/real/pairs-manifest.v0.json")
    (packs_root / manifest.pairs[2].bg_url.lstrip("/")).unlink()

    summary = run(told())

    (failure,) = summary.directory.failures()
    assert (failure.pair, failure.kind) == (2, "missing-preset")
    assert summary.num_rows == NUM_PAIRS - 1


def test_a_run_without_a_measurement_is_an_error(run, tmp_path, told):
    lost = WorkerLostError.because("browser-crash", "it died")

    with pytest.raises(RunError, match="failures"):
        run(told(dict.fromkeys(range(NUM_PAIRS), lost)))

    meta = read_run_meta(tmp_path / "run" / "meta.json")
    assert meta.error.code == "FATAL_NO_SAMPLES"
    assert meta.finished_at is not None


def test_an_interrupted_run_says_so_and_goes_on(run, tmp_path, told):
    order = told()
    run(order, out_dir=tmp_path / "order", takes="order")
    first, second = order.seen[:2]
    with pytest.raises(KeyboardInterrupt):
        run(told({second: KeyboardInterrupt()}))

    rest = told()
    summary = run(rest, resume=True)

    assert first not in rest.seen
    assert sorted([first, *rest.seen]) == list(range(NUM_PAIRS))
    assert summary.num_rows == NUM_PAIRS
    meta = read_run_meta(summary.directory.meta_path)
    assert meta.error is None
    assert [error.message for error in meta.errors] == ["interrupted"]
    assert meta.progress["real"].done


def test_silence_is_refused_before_anything_is_written(run, tmp_path, told):
    silence = make_clip("silence", [0.0] * 44_100, [0.0] * 44_100)

    with pytest.raises(InputError):
        run(told(), clip=silence)
    assert not (tmp_path / "run").exists()


def test_degraded_presets_are_named_in_the_row(run, packs_root, told):
    path = packs_root / "presets/real/fg/p003_fg.milk"
    broken = path.read_text("latin-1") + "\nPSVERSION=2\ncomp_1=`shader_body { ret = ((; }\n"
    path.write_text(broken, "latin-1")

    rows = {row.pair: row for row in run(told()).directory.rows()}

    assert rows[3].degraded
    assert rows[3].degraded[0].startswith("fg: ")
    assert rows[4].degraded is None


def test_two_writers_never_share_a_run(run, told, packs_root):
    class Nested(ToldExecutor):
        def run(self, make_worker, items, **kwargs):
            with pytest.raises(RunError, match="lock"):
                run(told(), resume=True)
            yield from super().run(make_worker, items, **kwargs)

    run(Nested(packs_root))


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from sampling.told import ToldExecutor
from aivj.audio.click import click_track
from aivj.audio.playlist import Playlist
from aivj.browser.choice import RendererChoice
from aivj.browser.profiles import launch_plan
from aivj.browser.renderer import RendererReport
from aivj.errors import StorageError
from aivj.sampling.request import SampleRequest
from aivj.sampling.run import clips_of, sample
from aivj.takes.settings import RenderSettings
from aivj.takes.shelf import TakeShelf
from types import SimpleNamespace
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
packs_root, out = Path({root!r}), Path({out!r})
settings = RenderSettings(width=64, height=36, warmup_frames=2, measure_frames=4)
playlist = Playlist((click_track(),))

def run(name, on_progress=lambda _: None):
    request = SampleRequest(("real",), packs_root, out / name, settings, target_coverage=1)
    sample(
        request,
        executor=ToldExecutor(packs_root),
        convert=lambda data: SimpleNamespace(butterchurn={{"version": 2}}, degraded_reasons=[]),
        playlist=playlist,
        choice=RendererChoice(
            launch_plan("software-egl"),
            "software",
            RendererReport("Mesa", "llvmpipe", "WebGL 2.0", "156"),
            (),
        ),
        shelf=TakeShelf.open(out / "takes", settings, clips_of(playlist, request), "llvmpipe"),
        on_progress=on_progress,
    )

def fill(now):
    if now.num_rows == 3:
        limit = (out / "full" / "eval.jsonl").stat().st_size + 100
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

run("drawn")
try:
    run("full", fill)
except StorageError as error:
    print(error.exit_code)
"""


def test_a_full_disk_keeps_every_row_before(packs_root, tmp_path):
    tests = str(Path(__file__).parents[1])
    program = FULL_DISK.format(tests=tests, root=str(packs_root), out=str(tmp_path))

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "8", done.stderr
    lines = (tmp_path / "full" / "eval.jsonl").read_bytes().splitlines()
    assert len(lines) == 3
    assert all(EvalRow.model_validate(json.loads(line)) for line in lines)


def test_presets_that_are_drawn_need_no_browser_whatever_run_or_pack_they_are_in(
    run, told, packs_root
):
    first = told()
    rows = run(first).directory.rows()
    again = told()

    repeated = run(again, out_dir=packs_root / "again").directory.rows()

    assert (first.num_runs, again.num_runs) == (1, 0)
    assert sorted(map(measured, repeated)) == sorted(map(measured, rows))


def measured(row):
    return [row.pair, *(getattr(row, name) for name in FIGURES)]


def test_the_record_tells_which_takes_pairs_are_computed_from(run, told, tmp_path):
    meta = read_run_meta(run(told()).directory.meta_path)

    assert meta.takes.uri == str(tmp_path / "takes")
    assert (tmp_path / "takes" / meta.takes.conditions[0] / "conditions.json").exists()
    assert (meta.takes.num_proved, len(meta.takes.chromium_versions)) == (4, 1)
    assert meta.warnings == []


def test_takes_of_another_build_of_the_browser_are_told(run, told, software_renderer, tmp_path):
    class Older(ToldExecutor):
        def run(self, make_worker, items, **kwargs):
            (plan,) = make_worker.args
            older = replace(plan.expected, chromium_version="99.0")
            yield from super().run(partial(print, replace(plan, expected=older)), items, **kwargs)

    run(Older(tmp_path / "public"), out_dir=tmp_path / "first")

    (warning,) = read_run_meta(run(told()).directory.meta_path).warnings
    own = software_renderer.report.chromium_version
    assert warning == f"some takes were drawn by Chromium 99.0, not {own}"


def test_a_run_is_not_completed_under_other_conditions(run, told):
    summary = run(told(), target_coverage=0.5)
    path = summary.directory.meta_path
    meta = read_run_meta(path)
    older = meta.takes.model_copy(update={"conditions": ["0" * 16]})
    write_run_meta(path, meta.model_copy(update={"takes": older}))

    with pytest.raises(InputError, match="the same conditions of takes"):
        run(told(), resume=True)


def test_a_pair_drawn_whole_that_is_not_what_was_computed_ends_the_run(run, packs_root):
    class OtherPairs(ToldExecutor):
        def _told(self, job, plan):
            shown = super()._told(job, plan)
            return drawn(plan.settings, level=120) if self.is_proof else shown

        def _outcome(self, item, *rest):
            self.is_proof = isinstance(item, ProofJob)
            return super()._outcome(item, *rest)

    with pytest.raises(RunError, match=r"foreground of pair \d of real"):
        run(OtherPairs(packs_root))
    assert run(OtherPairs(packs_root), prove=0, resume=True).num_rows == NUM_PAIRS


def test_a_run_with_nothing_left_to_do_needs_no_browser(run, packs_root, tmp_path, told):
    playlist = Playlist((click_track(),))
    request = SampleRequest(
        ("real",), packs_root, tmp_path / "run", SMALL, target_coverage=0.5, resume=True
    )

    def finished(**changes):
        asked = replace(request, **changes)
        packs = read_packs(asked)
        return finished_before(asked, packs, playlist, require_gpu=False)

    assert finished() is None
    run(told(), target_coverage=0.5)

    assert (finished().num_rows, finished().is_complete) == (3, True)
    assert finished(target_coverage=1.0) is None
    assert finished(resume=False) is None
    with pytest.raises(InputError, match="the same seed"):
        finished(seed=4)


def test_a_file_where_the_run_should_be_is_found_before_anything_else(run, tmp_path, told):
    (tmp_path / "run").write_text("")

    with pytest.raises(StorageError, match="which is a file"):
        run(told())


def test_a_run_is_not_completed_over_a_pack_that_was_drawn_anew(
    run, packs_root, tmp_path, draw_pack, told
):
    run(told(), target_coverage=0.5)
    shutil.rmtree(packs_root / "presets/real")
    draw_pack(packs_root, NUM_PAIRS, seed=9)
    before = (tmp_path / "run/eval.jsonl").read_bytes()

    with pytest.raises(InputError, match="manifest of pack 'real'"):
        run(told(), resume=True)

    assert (tmp_path / "run/eval.jsonl").read_bytes() == before


def test_a_run_is_not_completed_over_presets_that_were_edited(run, packs_root, told):
    rows = run(told(), target_coverage=0.5).directory.rows()
    folder = packs_root / "presets/real"
    urls = {
        pair.pair: pair.bg_url for pair in read_pairs_manifest(folder / PAIRS_MANIFEST_NAME).pairs
    }
    edited = packs_root / urls[rows[1].pair].lstrip("/")
    assert rows[1].preset_bg_digest == sha256_hex(edited.read_bytes())
    edited.write_bytes(edited.read_bytes() + b"\nper_frame_1=wave_r=1;\n")

    with pytest.raises(InputError, match=f"pair {rows[1].pair}: .* is another file now"):
        run(told(), resume=True)


def test_rows_have_the_score_they_were_picked_by(run, packs_root, told):
    scores = {pair: (1 + pair) / 10 for pair in range(NUM_PAIRS - 1)}
    entries = [{"pair": pair, "quality01": score} for pair, score in scores.items()]
    path = packs_root / "presets/real" / PAIRS_QUALITY_NAME
    path.write_text(json.dumps({"pack": "real", "pairs": entries}))
    weighted = {"picking": Picking("weighted", gamma=2), "target_samples": 5}

    rows = run(told(), **weighted).directory.rows()

    assert [row.quality01 for row in rows] == [scores.get(row.pair) for row in rows]
    path.write_text(json.dumps({"pack": "real", "pairs": entries[1:]}))
    with pytest.raises(InputError, match="the scores of pack 'real'"):
        run(told(), **weighted, resume=True)
