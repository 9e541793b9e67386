"""Which verbs a night is, in order, and what each is told."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aivj.cli.line import Stage
from aivj.contracts.run_folder import PAGE_NAME
from aivj.errors import InputError

if TYPE_CHECKING:
    from aivj.pipeline.night import NightFiles, NightRequest

PAIRS_PAGE_NAME = "pairs.html"
DEMO_SUMMARY_NAME = "summary.json"

_AFTER_SCORING = frozenset({"verify", "compare", "promote", "report"})
_AFTER_MEASURING = _AFTER_SCORING | {"train", "score", "summary"}


def stages_of(
    request: "NightRequest", files: "NightFiles", packs_at_hand: str
) -> tuple[list[Stage], frozenset[str]]:
    """Returns the stages of a night in order, and the names of those that are left out.

    Args:
        request: The night.
        files: Where everything lies.
        packs_at_hand: Where packs lie on this disk, once a verb has named them.

    Raises:
        InputError: A stage that is named is none.
    """
    if request.kind == "styles":
        stages = list(_styles(request))
    else:
        stages = list(_coupled(request, files, packs_at_hand))
    names = {stage.name for stage in stages}
    left_out: set[str] = set()
    if request.eval_only:
        left_out |= _AFTER_MEASURING
    if request.skip_verify:
        left_out |= _AFTER_SCORING
    left_out |= set(_known(request.skip, names))
    if request.only:
        left_out |= names - set(_known(request.only, names))
    return stages, frozenset(left_out & names)


def _known(named: Sequence[str], names: set[str]) -> Sequence[str]:
    for name in named:
        if name not in names:
            raise InputError(
                f"stages of this night: {', '.join(sorted(names))}", repr(name), "name one of them"
            )
    return named


def _coupled(request: "NightRequest", files: "NightFiles", packs_at_hand: str) -> Iterator[Stage]:
    packs = request.packs
    for pack in packs:
        if request.src_base is not None:
            yield _sync(pack, request.src_base)
        if request.presets is not None:
            yield _paired(request, files, pack, request.presets)
    if request.presets is not None and request.weak_elite:
        ratings = ("--ratings", request.presets, "--out-dir", files.weak_elite)
        yield Stage("elite", ("elite",), ratings)
    every = ("--pack", ",".join(packs))
    sample = (*every, "--out-dir", files.run, "--resume")
    yield Stage("sample", ("sample",), sample, needs=("sync", "pairs", "pack"))
    check = (files.run, "--packs-root", packs_at_hand)
    yield Stage("check", ("check-run",), check, needs=("sample",))
    gate = (files.run, "--stamp", files.stamp, f"--min-ok-rate={request.min_ok_rate}")
    yield Stage("gate", ("run-summary",), gate, needs=("check",))
    yield from _learnt(request, files, every)
    for pack in packs:
        yield from _judged(request, files, pack)
    evidence = [word for pack in packs for word in ("--evidence", files.evidence(pack))]
    verdict = (*gate, "--checkpoint", files.checkpoint, *evidence)
    yield Stage("summary", ("run-summary",), verdict, needs=("gate",))
    if request.profile == "demo":
        shown = ("--night", files.folder, "--write", f"{files.shown}/{PAGE_NAME}")
        words = (files.run, *shown, "--summary", f"{files.shown}/{DEMO_SUMMARY_NAME}")
        yield Stage("report", ("report",), words, needs=("promote", "summary"))


def _paired(request: "NightRequest", files: "NightFiles", pack: str, presets: str) -> Stage:
    num = () if request.pairs is None else (str(request.pairs),)
    if request.pairing == "random":
        words = ("--pack", pack, "--presets", presets, *(f"--pairs={each}" for each in num))
        return Stage("pack", ("pack",), words, pack=pack, needs=("sync",))
    words = ("--name", pack, "--presets", presets, *(f"--num={each}" for each in num))
    page = ("--report", f"{files.shown}/{PAIRS_PAGE_NAME}") if request.profile == "demo" else ()
    return Stage("pairs", ("pairs",), (*words, *page), pack=pack, needs=("sync",))


def _sync(pack: str, src_base: str) -> Stage:
    return Stage("sync", ("sync",), ("--pack", pack, "--src-base", src_base), pack=pack)


def _styles(request: "NightRequest") -> Iterator[Stage]:
    for pack in request.packs:
        this = ("--pack", pack)
        if request.src_base is not None:
            yield _sync(pack, request.src_base)
        yield Stage("frames", ("frames",), this, pack=pack, needs=("sync",))
        yield Stage("check", ("check-frames",), this, pack=pack, needs=("frames",))
        yield Stage("embed", ("embed",), this, pack=pack, needs=("check",))
        yield Stage("cluster", ("cluster",), this, pack=pack, needs=("embed",))
        yield Stage("policy", ("style-policy",), this, pack=pack, needs=("cluster",))


def _learnt(
    request: "NightRequest", files: "NightFiles", every: tuple[str, ...]
) -> Iterator[Stage]:
    manifests = tuple(map(files.manifest, request.packs))
    qualities = tuple(map(files.quality, request.packs))
    labels = (
        *every,
        "--extra-eval-jsonl",
        files.rows,
        *_elite(request, files),
        "--out-dir",
        files.fit,
    )
    read = (files.rows, *manifests)
    if request.sweep:
        left = (files.checkpoint, *qualities)
        yield Stage("train", ("sweep",), labels, read, left, needs=("elite", "gate"))
        return
    yield Stage("train", ("train",), labels, read, (files.checkpoint,), needs=("elite", "gate"))
    score, read = (*every, "--checkpoint", files.checkpoint), (files.checkpoint, *manifests)
    yield Stage("score", ("score",), score, read, qualities, needs=("train",))


def _elite(request: "NightRequest", files: "NightFiles") -> tuple[str, ...]:
    if request.elite_dir is not None:
        return ("--elite-dir", request.elite_dir)
    is_made = request.presets is not None and request.weak_elite
    return ("--elite-dir", files.weak_elite) if is_made else ()


def _judged(request: "NightRequest", files: "NightFiles", pack: str) -> Iterator[Stage]:
    evidence, this = files.evidence(pack), ("--pack", pack)
    read, left = (files.quality(pack),), (files.report(pack),)
    out = ("--out-dir", evidence)
    scored = ("train", "score")
    yield Stage("verify", ("verify",), (*this, *out), read, left, pack=pack, needs=scored)
    labels = ("--eval-jsonl", files.rows, "--evidence-candidate", evidence)
    compare = (*this, *labels, *_elite(request, files), "--not-worse")
    yield Stage("compare", ("compare",), compare, pack=pack, needs=("verify",))
    if request.promote:
        promote = (*this, "--evidence", evidence)
        yield Stage("promote", ("promote",), promote, pack=pack, needs=("verify", "compare"))
