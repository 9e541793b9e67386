"""A run's folder, whoever wrote it, as what its page is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from aivj.browser.renderer import RendererReport
from aivj.contracts.eval_rows import EvalRow, read_eval_rows
from aivj.contracts.failures import FailureRow
from aivj.contracts.json_text import iso_utc
from aivj.contracts.jsonl_log import JsonlRead
from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.pairs_quality import (
    PAIRS_QUALITY_NAME,
    PairsQuality,
    QualityPair,
    ScoringStats,
    quality_stats,
    read_pairs_quality,
)
from aivj.contracts.run_meta import Heuristic, RunMeta, read_run_meta
from aivj.contracts.scored_pack import scored_otherwise
from aivj.errors import InputError
from aivj.packs.provenance import read_provenance
from aivj.report.data import ReportData, StageLine
from aivj.runs.directory import RunDirectory

_Row = TypeVar("_Row", EvalRow, FailureRow)


def run_data(directory: RunDirectory, *, packs_root: Path) -> ReportData:
    """Gathers what a run's folder and its packs tell; nothing is judged.

    Raises:
        InputError: There is no run in the folder, or its rows cannot be read.
    """
    meta, notices = _meta(directory)
    read = _rows(directory)
    rows = [row for row in read.rows if row.pair is not None]
    failures = directory.failures()
    if meta is None and not rows:
        raise InputError(
            f"a run in {directory.path}: meta.json, or rows in eval.jsonl",
            "neither",
            "name the folder that was sampled into; `aivj runs` lists them",
        )
    if read.num_bad_lines:
        notices.append(f"{read.num_bad_lines} lines of eval.jsonl cannot be read and are left out.")
    pairs = _Pairs.of(rows, failures, meta)
    notices += _of_other_packs(packs_root, pairs.packs)
    drawn = _drawn_by(meta, rows)
    is_known = drawn.renderer_class != "unknown"
    if is_known and drawn.is_software:
        notices.append(f"A CPU drew ({drawn.renderer}): fine for a look, not for a night.")
    return ReportData(
        title="AIVJ run",
        generated_at=datetime.now(UTC),
        pack=", ".join(pairs.packs),
        renderer=drawn.renderer,
        renderer_class=drawn.renderer_class,
        is_software=drawn.is_software if is_known else None,
        chromium_version=drawn.chromium_version,
        notices=notices,
        stages=_stages(meta, len(rows), len(failures)),
        rows=pairs.numbered(rows),
        failures=pairs.numbered(failures),
        num_target=_num_target(meta, rows, failures),
        thumbnails=_thumbnails(directory, rows, pairs),
        preset_names=_preset_names(packs_root, rows, pairs),
        quality=_quality(packs_root, rows, pairs),
        training=[],
        training_notes=[],
        checks=[],
        verdict=None,
        artifacts=_artifacts(directory),
        pair_labels=pairs.labels(),
        thresholds=Heuristic() if meta is None else meta.heuristic,
    )


@dataclass(frozen=True)
class _Pairs:
    """Numbers that are unique over the packs of a run; those of a single pack are its ids.

    Attributes:
        packs: Names, in the order of the run.
        numbers: By pack and id.
    """

    packs: tuple[str, ...]
    numbers: Mapping[tuple[str, int], int]

    @classmethod
    def of(
        cls, rows: Sequence[EvalRow], failures: Sequence[FailureRow], meta: RunMeta | None
    ) -> "_Pairs":
        """Numbers all pairs that were visited."""
        known = [] if meta is None else [target.pack for target in meta.packs]
        visits = _visits(rows, failures)
        packs = tuple(dict.fromkeys([*known, *(pack for pack, _ in visits)]))
        seen = set(visits)
        if len(packs) == 1:
            return cls(packs, {key: key[1] for key in seen})
        return cls(packs, {key: number for number, key in enumerate(sorted(seen))})

    def number(self, pack: str, pair: int) -> int | None:
        """Returns a pair's number; None if it was not visited and the run has several packs."""
        return self.numbers.get((pack, pair), pair if len(self.packs) == 1 else None)

    def numbered(self, rows: Sequence[_Row]) -> list[_Row]:
        """Returns the rows with the pairs' numbers instead of their ids."""
        if len(self.packs) == 1:
            return list(rows)
        return [
            row.model_copy(update={"pair": self.numbers[row.pack, row.pair]})
            for row in rows
            if row.pair is not None
        ]

    def labels(self) -> dict[int, str]:
        """Returns what the pairs are called, where an id alone says too little."""
        if len(self.packs) == 1:
            return {}
        return {number: f"{pack} {pair}" for (pack, pair), number in self.numbers.items()}


def _visits(rows: Sequence[EvalRow], failures: Sequence[FailureRow]) -> list[tuple[str, int]]:
    measured = [(row.pack, row.pair) for row in rows if row.pair is not None]
    return [*measured, *((failure.pack, failure.pair) for failure in failures)]


def _meta(directory: RunDirectory) -> tuple[RunMeta | None, list[str]]:
    """Returns the run's description if it can be read, and what must be said of it."""
    try:
        meta = read_run_meta(directory.meta_path)
    except InputError as error:
        return None, [f"Without a description of the run: {error.found}."]
    if meta.error is not None:
        return meta, [f"The run was ended: {meta.error.message}"]
    if meta.finished_at is None:
        return meta, ["The run has not finished."]
    return meta, []


def _rows(directory: RunDirectory) -> JsonlRead[EvalRow]:
    if not directory.eval_path.exists():
        return JsonlRead([])
    return read_eval_rows(directory.eval_path)


def _drawn_by(meta: RunMeta | None, rows: Sequence[EvalRow]) -> RendererReport:
    """Tells what drew: as the page said, else as the rows say."""
    said = None if meta is None or meta.runtime is None else meta.runtime.webgl
    by_rows = next((row.renderer_class for row in rows if row.renderer_class), None)
    build = "" if meta is None or meta.renderer is None else meta.renderer.chromium_version
    return RendererReport(
        vendor="" if said is None else said.vendor or "",
        renderer=(said.renderer if said is not None else None) or by_rows or "an unknown renderer",
        gl_version="",
        chromium_version=build,
    )


def _stages(meta: RunMeta | None, num_rows: int, num_failures: int) -> list[StageLine]:
    elapsed_s = None if meta is None else meta.timing.elapsed_sec
    if elapsed_s is None:
        return []
    return [StageLine("sample", elapsed_s, f"{num_rows} rows, {num_failures} failed")]


def _num_target(
    meta: RunMeta | None, rows: Sequence[EvalRow], failures: Sequence[FailureRow]
) -> int:
    """Returns how many different pairs the run aimed at; as many as it visited if nobody knows."""
    if meta is None or meta.target_samples is not None:
        return len(set(_visits(rows, failures)))
    return sum(target.target_unique_pairs for target in meta.packs)


def _thumbnails(
    directory: RunDirectory, rows: Sequence[EvalRow], pairs: _Pairs
) -> dict[int, bytes]:
    paths = {pairs.numbers[key]: directory.thumbnail_path(*key) for key in _visits(rows, [])}
    return {number: path.read_bytes() for number, path in paths.items() if path.is_file()}


def _preset_names(
    packs_root: Path, rows: Sequence[EvalRow], pairs: _Pairs
) -> dict[int, tuple[str, str]]:
    """Names presets as in the library where the pack tells it, else as the rows do."""
    names = {
        pairs.numbers[row.pack, row.pair]: (_told(row.preset_fg_id), _told(row.preset_bg_id))
        for row in rows
        if row.pair is not None
    }
    for pack in pairs.packs:
        try:
            drawn = read_provenance(_folder(packs_root, pack)).pairs
        except InputError:
            continue
        for pair in drawn:
            number = pairs.number(pack, pair.pair)
            if number is not None:
                names[number] = (_stem(pair.fg.source), _stem(pair.bg.source))
    return names


def _told(preset_id: str | None) -> str:
    """Returns a preset's id; of an address only the file's name."""
    text = preset_id or "unnamed preset"
    return _stem(unquote(urlsplit(text).path)) if "/" in text else text


def _stem(source: str) -> str:
    return PurePosixPath(source).stem


def _quality(packs_root: Path, rows: Sequence[EvalRow], pairs: _Pairs) -> PairsQuality | None:
    """Returns the packs' scores; of a pack without, those that its pairs were picked by."""
    scores: dict[int, float] = {
        pairs.numbers[row.pack, row.pair]: row.quality01
        for row in rows
        if row.pair is not None and row.quality01 is not None
    }
    for pack in pairs.packs:
        try:
            scored = read_pairs_quality(_folder(packs_root, pack) / PAIRS_QUALITY_NAME)
        except InputError:
            continue
        numbered = ((pairs.number(pack, each.pair), each.quality01) for each in scored.pairs)
        scores |= {number: score for number, score in numbered if number is not None}
    if not scores:
        return None
    return PairsQuality(
        generated_at=iso_utc(datetime.now(UTC)),
        pack=", ".join(pairs.packs),
        quality_stats=quality_stats(list(scores.values())),
        stats=ScoringStats(total_pairs=len(scores), scored_pairs=len(scores)),
        pairs=[QualityPair(pair=n, quality01=score) for n, score in scores.items()],
    )


def _of_other_packs(packs_root: Path, packs: Sequence[str]) -> list[str]:
    """Says which packs' scores were made for what the pack is no more."""
    notices = []
    for pack in packs:
        folder = _folder(packs_root, pack)
        try:
            said = read_pairs_quality(folder / PAIRS_QUALITY_NAME).provenance
            others = scored_otherwise(said, folder / PAIRS_MANIFEST_NAME, packs_root)
        except InputError:
            continue
        if others:
            notices.append(f"The scores are not of pack {pack} as it is: {' and '.join(others)}.")
    return notices


def _folder(packs_root: Path, pack: str) -> Path:
    return packs_root / "presets" / pack


def _artifacts(directory: RunDirectory) -> list[tuple[str, str]]:
    named = {
        "run": directory.path,
        "eval": directory.eval_path,
        "eval_table": directory.parquet_path,
        "failures": directory.failures_path,
        "description": directory.meta_path,
        "log": directory.log_path,
    }
    return [(name, path.as_posix()) for name, path in named.items() if path.exists()]
