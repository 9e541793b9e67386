"""How far a run says it has come, against what lies in its folder."""

import math
from collections.abc import Iterator

from aivj.contracts.run_folder import ERROR_CODES, MAX_ERROR_CHARS, is_known_phase
from aivj.contracts.run_meta import PackProgress, PackTarget, RunFailure, RunMeta
from aivj.gate.rules import Finding, Problem, judged, not_applicable, rule
from aivj.gate.run_check.run_files import LoadedRun
from aivj.gate.run_check.sources import MEND_META, RESUME, RunRules, of_meta, of_run_and_meta


@rule(
    "packTargets",
    "targetUniquePairs is pairCount less skippedPairs, times targetCoverage, rounded up",
    MEND_META,
)
@of_run_and_meta
def _targets(run: LoadedRun, meta: RunMeta) -> Finding:
    problems = [problem for target in meta.packs for problem in _wrong_target(run, target)]
    aims = ", ".join(
        f"{target.target_unique_pairs} of {target.num_to_visit} pairs of {target.pack}"
        f"{_skipped(target)}"
        for target in meta.packs
    )
    return judged(problems, aims)


@rule("progressVisited", "visited is the number of pairs with a row or a failure", RESUME)
@of_run_and_meta
def _visited(run: LoadedRun, meta: RunMeta) -> Finding:
    problems = [problem for target in meta.packs for problem in _wrong_visits(run, meta, target)]
    packs = {target.pack for target in meta.packs}
    foreign = [Problem(f"progress of {pack!r}") for pack in meta.progress if pack not in packs]
    visits = ", ".join(f"{entry.visited} of {pack}" for pack, entry in meta.progress.items())
    return judged([*problems, *foreign], visits or "none yet")


@rule("progressDone", "done is true if and only if the target was reached", MEND_META)
@of_meta
def _done(meta: RunMeta) -> Finding:
    said = {pack: entry for pack, entry in meta.progress.items() if entry.done is not None}
    if not said:
        return not_applicable("no pack has come to its end")
    problems = (
        problem for pack, entry in said.items() for problem in _false_done(pack, entry, meta)
    )
    return judged(problems, ", ".join(f"{pack}: {entry.done}" for pack, entry in said.items()))


@rule(
    "errorCodes",
    "errors with a known code and phase, of a pack of the run, cut to "
    f"{MAX_ERROR_CHARS} characters",
    MEND_META,
)
@of_run_and_meta
def _errors(run: LoadedRun, meta: RunMeta) -> Finding:
    errors = [
        *([("error", meta.error)] if meta.error else []),
        *((f"errors.{number}", error) for number, error in enumerate(meta.errors or [])),
    ]
    if not errors:
        return not_applicable("no error")
    packs = {target.pack for target in meta.packs}
    problems = [
        Problem(f"{name}: {text}") for name, error in errors for text in _unknown(error, packs)
    ]
    return judged([*problems, *_uncut(run)], ", ".join(error.code for _, error in errors))


def _skipped(target: PackTarget) -> str:
    return f", {len(target.skipped_pairs)} skipped" if target.skipped_pairs else ""


def _wrong_target(run: LoadedRun, target: PackTarget) -> Iterator[Problem]:
    expected = math.ceil(target.num_to_visit * target.target_coverage)
    if target.target_unique_pairs != expected:
        found = f"targetUniquePairs of {target.pack} is {target.target_unique_pairs}"
        yield Problem(f"{found}, not {expected}")
    if target.unique_pair_ids > target.pair_count:
        found = f"{target.unique_pair_ids} unique ids among {target.pair_count} pairs"
        yield Problem(f"{target.pack} has {found}")
    if "\\" in target.manifest_path:
        yield Problem(f"manifestPath of {target.pack} has a backslash")
    manifest = (run.manifests or {}).get(target.pack)
    if manifest and not manifest.problem and len(manifest.pairs) != target.pair_count:
        found = f"pairCount of {target.pack} is {target.pair_count}"
        yield Problem(f"{found}, its manifest has {len(manifest.pairs)}")


def _wrong_visits(run: LoadedRun, meta: RunMeta, target: PackTarget) -> Iterator[Problem]:
    num_there = len(run.visited(target.pack))
    entry = meta.progress.get(target.pack)
    has_ended = meta.finished_at is not None and meta.error is None
    if entry is None:
        if has_ended and num_there:
            yield Problem(f"no progress of {target.pack}, which has {num_there} pairs")
        return
    # While a run goes on, and when it breaks off, progress is behind: it is noted now and then.
    if entry.visited > num_there or (has_ended and entry.visited != num_there):
        yield Problem(f"visited of {target.pack} is {entry.visited}, there are {num_there}")
    expected = {target.target_unique_pairs, meta.target_samples}
    if entry.target not in expected:
        yield Problem(
            f"target of {target.pack} is {entry.target}, not {target.target_unique_pairs}"
        )


def _false_done(pack: str, entry: PackProgress, meta: RunMeta) -> Iterator[Problem]:
    by_samples = meta.target_samples is not None
    mode = "samples" if by_samples else "coverage"
    if entry.target_mode not in {None, mode}:
        yield Problem(f"targetMode of {pack} is {entry.target_mode}, not {mode}")
    is_done = (entry.iter if by_samples else entry.visited) >= entry.target
    if entry.done != is_done:
        come = f"{entry.visited} of {entry.target} visited"
        yield Problem(f"done of {pack} is {entry.done}, with {come}")


def _unknown(error: RunFailure, packs: set[str]) -> Iterator[str]:
    if error.code not in ERROR_CODES:
        yield f"code {error.code!r}"
    if not is_known_phase(error.phase, packs):
        yield f"phase {error.phase!r}"
    if error.pack is not None and error.pack not in packs:
        yield f"pack {error.pack!r}"


def _uncut(run: LoadedRun) -> Iterator[Problem]:
    document = run.meta_file.document or {}
    for error in [document.get("error"), *(document.get("errors") or [])]:
        for key in ("message", "stack"):
            text = error.get(key) if isinstance(error, dict) else None
            if isinstance(text, str) and len(text) > MAX_ERROR_CHARS:
                yield Problem(f"{key} of {len(text)} characters")


RULES: RunRules = (
    _targets,
    _visited,
    _done,
    _errors,
)
