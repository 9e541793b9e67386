"""Whether the scores can be used, and are those that the page was seen with."""

from collections.abc import Callable

from aivj.contracts.json_text import iso_utc, validated
from aivj.contracts.pairs_quality import MIN_QUALITY_STD, quality_stats
from aivj.contracts.uplift import Uplift
from aivj.errors import InputError
from aivj.gate.rules import Finding, Problem, failed, held, judged, not_applicable, passed
from aivj.gate.uplift import MIN_SAMPLES
from aivj.gate.verify_check.evidence import Evidence, ScoredPack
from aivj.gate.verify_check.page_rules import Judge

MIN_QUALITY_GAP = 0.05
"""Distance of the median from the lowest score that is recommended."""


PackJudge = Callable[[Evidence, ScoredPack], Finding]


def of_pack(judge: PackJudge) -> Judge:
    """Makes a judge of evidence from one of its pack."""

    def judge_evidence(evidence: Evidence) -> Finding:
        if evidence.pack is None:
            return not_applicable("the report is not about pairs")
        return judge(evidence, evidence.pack)

    return judge_evidence


def of_scores(judge: PackJudge) -> Judge:
    """Makes a judge of evidence from one of scores that are there."""

    def judge_scored(evidence: Evidence, pack: ScoredPack) -> Finding:
        if not pack.expected.scores:
            return not_applicable("no usable scores")
        return judge(evidence, pack)

    return of_pack(judge_scored)


def judge_manifest(_: Evidence, pack: ScoredPack) -> Finding:
    """The runtime can read the manifest."""
    problem = pack.expected.manifest_problem
    left_out = pack.expected.left_out
    told = f"{pack.expected.num_pairs} pairs" + (f"; {left_out}" if left_out else "")
    return held(not problem, told, problem)


def judge_scores(_: Evidence, pack: ScoredPack) -> Finding:
    """The runtime can read the quality file, takes it for this pack's, and need not clamp it."""
    expected = pack.expected
    if expected.quality_problem:
        return failed(expected.quality_problem)
    outside = [
        Problem(f"pair {pair} has quality {score:g}")
        for pair, score in expected.scores.items()
        if not 0 <= score <= 1
    ]
    return judged(outside, f"{len(expected.scores)} of {expected.num_pairs} pairs have a score")


def judge_spread(_: Evidence, pack: ScoredPack) -> Finding:
    """The scores rank something."""
    std = quality_stats(list(pack.expected.scores.values())).std
    told = f"a standard deviation of {std:.4f}"
    return held(std >= MIN_QUALITY_STD, told)


def judge_gap(_: Evidence, pack: ScoredPack) -> Finding:
    """Half of the pairs are well above the worst."""
    stats = quality_stats(list(pack.expected.scores.values()))
    told = f"median {stats.p50:.4f}, lowest {stats.min:.4f}"
    return held(stats.p50 - stats.min >= MIN_QUALITY_GAP, told)


def judge_net(_: Evidence, pack: ScoredPack) -> Finding:
    """The net that made the scores is closer to labels it never saw than a constant."""
    judgement = pack.judgement
    if judgement is None:
        return not_applicable("the scores do not say how their net did")
    if judgement.is_worse_than_constant:
        return failed(judgement.sentence)
    if not judgement.is_enough:
        return not_applicable(judgement.sentence)
    return passed(judgement.sentence)


def judge_missing_files(_: Evidence, pack: ScoredPack) -> Finding:
    """No preset was missing when the pairs were scored."""
    if pack.missing_files is None:
        return not_applicable("nobody says")
    told = f"{pack.missing_files} missing"
    return held(not pack.missing_files, told)


def judge_of_pack(_: Evidence, pack: ScoredPack) -> Finding:
    """The scores were made for the manifest and the presets that are there."""
    if pack.others is None:
        return not_applicable("the scores do not say which pack they were made for")
    return judged(map(Problem, pack.others), "made for this manifest and these presets")


def judge_verified(evidence: Evidence, pack: ScoredPack) -> Finding:
    """The page was seen with these very scores."""
    digest = evidence.values.get("qualityDigest")
    if isinstance(digest, str):
        now = f"{pack.expected.quality_digest}"
        other = f"the page had sha256 {digest[:12]}, the file is {now[:12]}"
        return held(now == digest, f"sha256 {digest[:12]}", other)
    if evidence.started_at is None or pack.written_at is None:
        return failed("the report says neither which scores nor when")
    told = f"scores of {iso_utc(pack.written_at)}, report of {iso_utc(evidence.started_at)}"
    return held(pack.written_at <= evidence.started_at, told)


def judge_fresh(evidence: Evidence, pack: ScoredPack) -> Finding:
    """The scores were written by the run, not left over from one before."""
    if evidence.run_started_at is None or pack.written_at is None:
        return not_applicable("no --run named")
    told = f"scores of {iso_utc(pack.written_at)}, run of {iso_utc(evidence.run_started_at)}"
    return held(pack.written_at >= evidence.run_started_at, told)


def judge_uplift(evidence: Evidence, _: ScoredPack) -> Finding:
    """Weighted picks were compared with shuffled ones and are better."""
    if evidence.values.get("uplift") is None:
        return failed("the report has no comparison of picks")
    try:
        uplift = validated(Uplift, evidence.values["uplift"], "the report's uplift")
    except InputError as error:
        return failed(str(error))
    if uplift.num_samples < MIN_SAMPLES:
        return failed(f"{uplift.num_samples} samples in an arm")
    return held(uplift.positive, uplift.figures)
