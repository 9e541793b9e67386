"""Whether each pair is one of the pack's, and stands where it may, as often as it may."""

import math
from collections import Counter
from collections.abc import Iterator

from aivj.contracts.run_folder import EVAL_NAME, FAILURES_NAME
from aivj.contracts.run_meta import PackTarget, RunMeta
from aivj.gate.rules import (
    Finding,
    Problem,
    held,
    judged,
    not_applicable,
    rule,
)
from aivj.gate.run_check.json_lines import JsonLine, JsonLines
from aivj.gate.run_check.run_files import LoadedRun
from aivj.gate.run_check.sources import DROP_ROWS, RESUME, RunRules, of_run_and_meta

_SELF_TEST_PICKS = 2

MIN_CHANGING_ROWS = 8
"""Rows from which on something must have changed between them."""


@rule(
    "pairsKnown",
    "packs of the run, and pairs of their manifests, but none that was to be skipped",
    "sample with the manifest that the runtime loads; name its root with --packs-root",
)
@of_run_and_meta
def _pairs_known(run: LoadedRun, meta: RunMeta) -> Finding:
    targets = {target.pack: target for target in meta.packs}
    problems = [
        *_foreign_packs(run, targets),
        *_foreign_pairs(run),
        *_skipped_pairs(run, targets),
    ]
    if run.manifests is None:
        problems += _surplus_pairs(run, targets)
        return judged(problems, "no more than the packs have (no --packs-root: ids not looked up)")
    return judged(problems, f"all in the manifests of {', '.join(targets)}")


@rule(
    "manifestsSame",
    "the packs have the manifests that the run was started with",
    "sample the packs as they are now into another folder",
)
@of_run_and_meta
def _manifests_same(run: LoadedRun, meta: RunMeta) -> Finding:
    known = {pack.pack: pack.manifest_digest for pack in meta.packs if pack.manifest_digest}
    manifests = {pack: entry for pack, entry in (run.manifests or {}).items() if entry.digest}
    compared = sorted(known.keys() & manifests.keys())
    if not compared:
        return not_applicable("the run does not say, or nobody said where its packs are")
    problems = (
        Problem(f"{pack} was {known[pack]}, is {manifests[pack].digest}")
        for pack in compared
        if known[pack] != manifests[pack].digest
    )
    return judged(problems, ", ".join(compared))


@rule("presetsSame", "the presets that were measured are those that the pairs have", DROP_ROWS)
def _presets_same(run: LoadedRun) -> Finding:
    if run.manifests is None:
        return not_applicable("nobody said where the run's packs are")
    if not any(entry.row.preset_fg_digest for entry in run.rows):
        return not_applicable("no row says what it measured")
    # Pairs that a manifest has not are a matter of `pairsKnown`.
    others = [other for entry in run.manifests.values() for other in entry.others if other.url]
    return judged((Problem(str(other)) for other in others), f"those of {len(run.rows)} rows")


@rule(
    "pairsOnce",
    "in a shuffled run no pair comes again before all were there",
    "mend the resuming; readers take the mean of a pair's rows",
)
@of_run_and_meta
def _pairs_once(run: LoadedRun, meta: RunMeta) -> Finding:
    if meta.coupled_pick != "shuffle":
        return not_applicable(f"picked {meta.coupled_pick}: a pair may come again")
    if not run.eval_lines or not run.eval_lines.pairs:
        return not_applicable("no row names a pair")
    if meta.driver is None:
        return judged(_early_repeats(run, meta), "no pair again before all that come were there")
    num_rows = Counter(pack for pack, _ in run.eval_lines.pairs)
    rounds = {
        target.pack: _num_rounds(num_rows[target.pack], target, meta) for target in meta.packs
    }
    problems = []
    seen: Counter[tuple[str, int]] = Counter()
    for line in run.eval_lines.lines:
        if line.pack is None or line.pair is None:
            continue
        seen[line.pack, line.pair] += 1
        if seen[line.pack, line.pair] > rounds.get(line.pack, 1):
            problems.append(Problem(f"pair {line.pair} of {line.pack} again", line.number))
    return judged(problems, f"{len(seen)} pairs, none again")


@rule("failureRows", "each line of failures.jsonl is a failure", RESUME)
def _failures(run: LoadedRun) -> Finding:
    log = run.failure_lines
    if log is None:
        return not_applicable(f"no {FAILURES_NAME}")
    good = {entry.number for entry in run.failures}
    bad = (
        Problem(line.problem or f"no failure: {line.text[:80]}", line.number)
        for line in log.lines
        if line.number not in good
    )
    return judged([*bad, *_unended(log)], f"{len(good)} failures")


@rule(
    "failuresApart",
    "each pair is in eval.jsonl or once in failures.jsonl",
    "mend what writes the two logs; trust neither for these pairs",
)
def _failures_apart(run: LoadedRun) -> Finding:
    if run.failure_lines is None:
        return not_applicable(f"no {FAILURES_NAME}")
    measured = set(run.eval_lines.pairs) if run.eval_lines else set()
    failed = Counter(run.failure_lines.pairs)
    both = [
        Problem(f"pair {pair} of {pack} is in both") for pack, pair in sorted(measured & {*failed})
    ]
    twice = [
        Problem(f"pair {pair} of {pack} failed {count} times")
        for (pack, pair), count in failed.items()
        if count > 1
    ]
    return judged([*both, *twice], f"{len(measured)} measured, {len(failed)} failed, none both")


@rule("pairsChange", f"{MIN_CHANGING_ROWS} rows or more are of several pairs", DROP_ROWS)
@of_run_and_meta
def _pairs_change(run: LoadedRun, meta: RunMeta) -> Finding:
    pairs = run.eval_lines.pairs if run.eval_lines else []
    if len(pairs) < MIN_CHANGING_ROWS or sum(target.unique_pair_ids for target in meta.packs) < 2:  # noqa: PLR2004 - several
        return not_applicable(f"fewer than {MIN_CHANGING_ROWS} rows, or one pair in the packs")
    num_pairs = len(set(pairs))
    stuck = f"all {len(pairs)} rows are of pair {pairs[0][1]}"
    return held(num_pairs > 1, f"{num_pairs} pairs in {len(pairs)} rows", stuck)


def _early_repeats(run: LoadedRun, meta: RunMeta) -> Iterator[Problem]:
    """Yields pairs that come again too early in a run of the runtime's own sampler.

    Its order goes round once it is used up. A round lacks the pairs that timed out, of which the
    log alone tells, those beyond the coverage that was asked for, and the two of the self-test; a
    browser that is replaced begins another.
    """
    log = "\n".join(run.log or ())
    num_lost = log.count("WARN pick-timeout") + _SELF_TEST_PICKS
    num_orders = log.count("RESTART browser") + log.count("seed-shuffle")
    least = {
        target.pack: min(target.target_unique_pairs, target.unique_pair_ids) - num_lost
        for target in meta.packs
    }
    rounds: dict[str, set[int]] = {}
    for line in run.eval_lines.lines if run.eval_lines else ():
        if line.pack is None or line.pair is None:
            continue
        seen = rounds.setdefault(line.pack, set())
        if line.pair in seen:
            if len(seen) < least.get(line.pack, 1):
                if num_orders < 1:
                    yield Problem(f"pair {line.pair} of {line.pack} again", line.number)
                num_orders -= 1
            seen.clear()
        seen.add(line.pair)


def _num_rounds(num_rows: int, target: PackTarget, meta: RunMeta) -> int:
    """How often a shuffled run may meet a pair: a run by samples starts over once it is through."""
    if meta.target_samples is None:
        return 1
    num_pairs = target.unique_pair_ids - len(target.skipped_pairs or [])
    return max(1, math.ceil(num_rows / max(1, num_pairs)))


def _lines(run: LoadedRun) -> Iterator[tuple[str, JsonLine]]:
    for name, log in ((EVAL_NAME, run.eval_lines), (FAILURES_NAME, run.failure_lines)):
        yield from ((name, line) for line in (log.lines if log else ()))


def _foreign_packs(run: LoadedRun, targets: dict[str, PackTarget]) -> Iterator[Problem]:
    for name, line in _lines(run):
        if line.pack is not None and line.pack not in targets:
            yield Problem(f"{name} has pack {line.pack!r}, which the run has not", line.number)


def _foreign_pairs(run: LoadedRun) -> Iterator[Problem]:
    manifests = run.manifests or {}
    yield from (Problem(entry.problem) for entry in manifests.values() if entry.problem)
    for name, line in _lines(run):
        manifest = manifests.get(line.pack or "")
        known = manifest is None or bool(manifest.problem) or line.pair in manifest.pairs
        if line.pair is not None and not known:
            yield Problem(f"{name} has pair {line.pair}, the manifest has not", line.number)


def _skipped_pairs(run: LoadedRun, targets: dict[str, PackTarget]) -> Iterator[Problem]:
    skipped = {(t.pack, pair) for t in targets.values() for pair in t.skipped_pairs or []}
    for name, line in _lines(run):
        if (line.pack, line.pair) in skipped:
            yield Problem(f"{name} has pair {line.pair}, which was to be skipped", line.number)


def _surplus_pairs(run: LoadedRun, targets: dict[str, PackTarget]) -> Iterator[Problem]:
    for pack, target in targets.items():
        num_visited = len(run.visited(pack))
        if num_visited > target.unique_pair_ids:
            yield Problem(f"{num_visited} pairs of {pack}, which has {target.unique_pair_ids}")


def _unended(log: JsonLines) -> Iterator[Problem]:
    if log.unended_line is not None:
        yield Problem("it has no newline", log.unended_line)


RULES: RunRules = (
    _pairs_known,
    _manifests_same,
    _presets_same,
    _pairs_once,
    _pairs_change,
    _failures,
    _failures_apart,
)
