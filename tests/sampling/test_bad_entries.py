"""Runs of packs with entries that cannot be used, presets that cannot be drawn, pairs to skip."""

import json
from types import SimpleNamespace

import pytest
from sampling.test_run import NUM_PAIRS, SMALL
from sampling.told import ToldExecutor

from aivj.audio.click import click_track
from aivj.audio.playlist import Playlist
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.run_meta import read_run_meta
from aivj.errors import InputError
from aivj.gate.run_check import check_run
from aivj.sampling.layers import LayerReader, undrawable
from aivj.sampling.packs import read_packs
from aivj.sampling.request import SampleRequest
from aivj.sampling.run import clips_of, sample
from aivj.takes.shelf import TakeShelf

_CHECKS = {"pairsKnown", "packTargets", "progressVisited", "progressDone", "failuresApart"}


@pytest.fixture
def packs_root(tmp_path, draw_pack):
    draw_pack(tmp_path / "public", NUM_PAIRS)
    return tmp_path / "public"


@pytest.fixture
def request_for(packs_root, tmp_path):
    def request_for(**changes):
        told = {"packs": ("real",), "packs_root": packs_root, "out_dir": tmp_path / "run"}
        return SampleRequest(**{**told, "settings": SMALL, "target_coverage": 1.0, **changes})

    return request_for


@pytest.fixture
def run(request_for, converter, software_renderer, tmp_path):
    def run(executor, *, screened=None, **changes):
        request, playlist = request_for(**changes), Playlist((click_track(),))
        return sample(
            request,
            executor=executor,
            convert=converter.convert,
            playlist=playlist,
            choice=software_renderer,
            shelf=TakeShelf.open(
                tmp_path / "takes",
                request.settings,
                clips_of(playlist, request),
                software_renderer.report.renderer_class,
            ),
            undrawable=screened or {},
        )

    return run


def change_entries(packs_root, change):
    path = packs_root / "presets/real" / PAIRS_MANIFEST_NAME
    document = json.loads(path.read_text())
    change(document["pairs"])
    path.write_text(json.dumps(document))


def failed_checks(summary, packs_root):
    report = check_run(summary.directory.path, packs_root=packs_root)
    assert report.checks.keys() >= _CHECKS
    return {name for name in _CHECKS if report.checks[name].verdict == "fail"}


def test_a_url_out_of_the_pack_is_one_failure_and_never_read(run, packs_root, tmp_path):
    (tmp_path / "secret.milk").write_text("zoom=1\n")

    def change(entries):
        entries[2]["fgUrl"] = "/presets/real/%2e%2e/%2e%2e/%2e%2e/secret.milk"
        entries.append({"fgUrl": "nameless"})

    change_entries(packs_root, change)
    executor = ToldExecutor(packs_root)

    summary = run(executor)

    (failure,) = summary.directory.failures()
    assert (failure.pair, failure.kind) == (2, "bad-entry")
    assert sorted(executor.seen) == [0, 1, 3, 4, 5]
    meta = read_run_meta(summary.directory.meta_path)
    assert [text[:40] for text in meta.warnings] == ["2 of 7 pairs of real cannot be used and "]
    assert summary.is_complete
    assert failed_checks(summary, packs_root) == set()


def test_pairs_to_skip_are_not_visited_and_are_those_of_the_run(run, packs_root):
    executor = ToldExecutor(packs_root)
    skipped = {"real": frozenset({1, 4, 99}), "other": frozenset({0})}

    summary = run(executor, skipped_pairs=skipped)

    assert sorted(executor.seen) == [0, 2, 3, 5]
    assert summary.is_complete
    assert summary.num_target == 4
    (target,) = read_run_meta(summary.directory.meta_path).packs
    assert (target.pair_count, target.target_unique_pairs) == (6, 4)
    assert target.skipped_pairs == [1, 4]
    assert failed_checks(summary, packs_root) == set()
    with pytest.raises(InputError, match=r"2 \(1, 4\); found none"):
        run(ToldExecutor(packs_root), resume=True)
    again = run(ToldExecutor(packs_root), resume=True, skipped_pairs=skipped)
    assert again.num_rows == 4


def test_a_skipped_pair_with_a_row_does_not_pass(run, packs_root):
    summary = run(ToldExecutor(packs_root), skipped_pairs={"real": frozenset({1})})
    path = summary.directory.eval_path
    last = path.read_text().splitlines()[-1]
    pair = json.loads(last)["pair"]
    with path.open("a") as file:
        file.write(last.replace(f'"pair":{pair},', '"pair":1,') + "\n")

    assert "pairsKnown" in failed_checks(summary, packs_root)


def test_nothing_left_to_visit_is_an_error(request_for):
    with pytest.raises(InputError, match="all of them to be skipped"):
        read_packs(request_for(skipped_pairs={"real": frozenset(range(NUM_PAIRS))}))


def test_what_cannot_be_drawn_is_known_beforehand(run, request_for, packs_root, converter):
    request = request_for()
    (pack,) = read_packs(request)
    hopeless = (packs_root / pack.pairs[3].bg_url.lstrip("/")).read_bytes()
    (packs_root / pack.pairs[5].fg_url.lstrip("/")).unlink()

    def convert(data):
        if data == hopeless:
            return SimpleNamespace(butterchurn={}, degraded_reasons=["not even its text"])
        return converter.convert(data)

    told = []
    reader = LayerReader(packs_root, num_clips=1)
    found = undrawable(request, [pack], reader, convert, lambda *counts: told.append(counts))

    assert {key: error.kind for key, error in found.items()} == {
        ("real", 3): "unconvertible",
        ("real", 5): "missing-preset",
    }
    assert told[-1] == (NUM_PAIRS, NUM_PAIRS)
    executor = ToldExecutor(packs_root)
    summary = run(executor, screened=found)
    assert sorted(executor.seen) == [0, 1, 2, 4]
    assert {row.pair for row in summary.directory.failures()} == {3, 5}
    assert undrawable(request, [pack], reader, convert) == {}
