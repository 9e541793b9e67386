from pathlib import Path
from types import SimpleNamespace

import pytest

from aivj.contracts.pair_faults import PairFault
from aivj.contracts.pairs_manifest import ManifestPair
from aivj.sampling.jobs import prepared_jobs
from aivj.sampling.picking import Pick


def pair(number: int) -> ManifestPair:
    name = f"/presets/p/fg/{number}.milk"
    return ManifestPair(pair=number, fg_url=name, bg_url=name)


@pytest.fixture
def packs_root(tmp_path: Path) -> Path:
    folder = tmp_path / "public" / "presets" / "p" / "fg"
    folder.mkdir(parents=True)
    (tmp_path / "outside.milk").write_text("zoom=1\n")
    (folder / "0.milk").write_text("zoom=1\n")
    (folder / "1.milk").symlink_to(tmp_path / "outside.milk")
    return tmp_path / "public"


def test_pairs_hear_the_clips_in_turn(packs_root: Path) -> None:
    pairs = {number: pair(0) for number in range(7)}
    pack = SimpleNamespace(name="p", pairs=pairs, faults={})
    jobs = prepared_jobs(
        pack,
        [Pick(iteration, number) for iteration, number in enumerate([6, 0, 1, 2, 3])],
        packs_root,
        lambda _: SimpleNamespace(butterchurn={"a": 1}, degraded_reasons=[]),
        num_clips=3,
        on_failure=lambda *_: None,
    )
    assert [job.clip for job in jobs] == ["0", "0", "1", "2", "0"]


def test_a_preset_that_leads_out_or_is_missing_costs_its_own_pair_alone(packs_root: Path) -> None:
    fault = PairFault(place=3, pair=3, expected="a URL", found="'..'")
    pairs = {number: pair(number) for number in range(3)}
    pack = SimpleNamespace(name="p", pairs=pairs, faults={3: fault})
    failed: list[tuple[str, int, str]] = []
    jobs = prepared_jobs(
        pack,
        [Pick(iteration, number) for iteration, number in enumerate([1, 3, 2, 0])],
        packs_root,
        lambda _: SimpleNamespace(butterchurn={"a": 1}, degraded_reasons=[]),
        num_clips=1,
        on_failure=lambda name, number, error: failed.append((name, number, error.kind)),
    )
    assert [job.pair for job in jobs] == [0]
    assert failed == [
        ("p", 1, "missing-preset"),
        ("p", 3, "bad-entry"),
        ("p", 2, "missing-preset"),
    ]
