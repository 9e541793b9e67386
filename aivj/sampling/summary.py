"""How a run ended, and whether it had ended before."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aivj.audio.playlist import Playlist
from aivj.contracts.run_meta import read_run_meta
from aivj.sampling.packs import SamplePack
from aivj.sampling.request import SampleRequest
from aivj.sampling.run_description import asked_again
from aivj.sampling.run_directory import RunDirectory
from aivj.sampling.run_record import refuse_other_options


@dataclass(frozen=True)
class SampleSummary:
    """What a run ended with.

    Attributes:
        directory: Where it lies.
        num_rows: Rows in all, those of earlier calls included.
        num_failures: Failures in all.
        num_target: Pairs aimed at.
        is_complete: Whether every pack came to its target; if not, the time was up.
    """

    directory: RunDirectory
    num_rows: int
    num_failures: int
    num_target: int
    is_complete: bool


def finished_before(
    request: SampleRequest,
    packs: Sequence[SamplePack],
    playlist: Playlist,
    *,
    require_gpu: bool,
) -> SampleSummary | None:
    """Returns how a run ended that has nothing left to do; None if a browser is needed.

    Raises:
        InputError: It was asked for something else than `request` asks.
    """
    directory = RunDirectory(request.out_dir)
    if not (request.resume and directory.meta_path.exists() and directory.parquet_path.exists()):
        return None
    earlier = read_run_meta(directory.meta_path)
    has_ended = earlier.finished_at is not None and earlier.error is None
    if not has_ended or earlier.runtime is None or earlier.runtime.require_gpu != require_gpu:
        return None
    refuse_other_options(earlier, asked_again(earlier, request, packs, playlist), directory)
    if request.retry_failed and directory.has_failures_that_may_heal:
        return None
    visits = visits_before(directory)
    for pack in packs:
        own = [num for (name, _), num in visits.items() if name == pack.name]
        if num_done(pack, own) < pack.num_target:
            return None
    return SampleSummary(
        directory,
        len(directory.rows()),
        len(directory.failures()),
        num_target=sum(pack.num_target for pack in packs),
        is_complete=True,
    )


def visits_before(directory: RunDirectory) -> Mapping[tuple[str, int], int]:
    """Returns how often each pair, named by pack and id, was visited; a failure is a visit."""
    visits = Counter((row.pack, row.pair) for row in directory.rows() if row.pair is not None)
    return {**visits, **{(row.pack, row.pair): 1 for row in directory.failures()}}


def num_done(pack: SamplePack, visits: Collection[int]) -> int:
    """Returns how far visits have come, a number a pair: in picks or in pairs, as is aimed at."""
    return len(visits) if pack.target.num_samples is None else sum(visits)
