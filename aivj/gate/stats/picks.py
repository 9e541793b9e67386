"""`[sel]` lines of the browser's console: whether weighted picks are better than shuffled ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from aivj.contracts.fields import MAX_SAFE_INTEGER, Count
from aivj.contracts.log_stats import Stat
from aivj.contracts.uplift import Uplift
from aivj.gate.stats.log_text import LogRead, finite, read_entries
from aivj.gate.uplift import MIN_SAMPLES, measure_uplift

_MARKER = "[sel]"
_PRINTED_MARKER = "[picked]"
_UNSCORED = "na"
_PICK = re.compile(
    r"\[sel\] mode=(?P<mode>\S+) pack=(?P<pack>\S+) pair=(?P<pair>[0-9]{1,16}) q=(?P<q>\S+) "
    r"presetId=(?P<id>.*?) reason=(?P<reason>.*)$"
)

# What the runtime's own pick sampler prints: the same words in any order, and no pack.
_PRINTED = re.compile(r"(?=.*\bpair=\d{1,16}(?!\S))(?=.*\bmode=\S)")
_WORD = re.compile(r"(\w+)=(\S*)")


@dataclass(frozen=True)
class LoggedPick:
    """A pick of a pair.

    Attributes:
        mode: Pick mode.
        pack: The pair's pack; empty where the line names none.
        pair: The pair's id.
        quality01: Its score in the page; None without one.
        preset_id: Id of the preset that was put on first.
        reason: Why it was picked.
    """

    mode: str
    pack: str
    pair: int
    quality01: float | None
    preset_id: str
    reason: str


class PickStat(Stat):
    """The picks of two modes compared.

    Attributes:
        weighted: Weighted picks that are compared.
        shuffle: Shuffled picks that are compared.
        unscored: Picks left out, since neither line nor quality file has a score.
        others: Picks left out, of other modes and packs.
        uplift: The comparison; None unless there are picks of both modes.
    """

    expected: ClassVar[str] = (
        f"{MIN_SAMPLES} picks in each mode, the weighted ones with the higher mean, surely by its "
        "interval, and the higher share of the pack's best fifth"
    )
    remedy: ClassVar[str] = (
        "log more picks of both modes; a pack whose scores are alike cannot pass"
    )

    weighted: Count
    shuffle: Count
    unscored: Count
    others: Count
    uplift: Uplift | None


def read_picks(lines: Sequence[str]) -> LogRead[LoggedPick]:
    """Reads lines with `[sel] mode= pack= pair= q= presetId= reason=`, or printed `pair= mode=`."""
    marked = [
        line if _MARKER in line or not _PRINTED.match(line) else f"{_PRINTED_MARKER} {line}"
        for line in lines
    ]
    logged = read_entries(marked, _MARKER, _parse)
    printed = read_entries(marked, _PRINTED_MARKER, _parse_printed)
    return LogRead(
        (*logged.entries, *printed.entries),
        len(lines),
        logged.num_bad_lines + printed.num_bad_lines,
    )


def pick_stat(
    log: LogRead[LoggedPick], pack: str, scores: Mapping[int, float], *, seed: int = 0
) -> PickStat:
    """Compares the weighted picks of a pack with its shuffled ones.

    Args:
        log: The picks.
        pack: The pack.
        scores: Its scores, 0 to 1, by pair id; one or more.
        seed: Seed of the bootstrap.
    """
    arms: dict[str, list[tuple[int, float]]] = {"weighted": [], "shuffle": []}
    ours = [pick for pick in log.entries if pick.pack in {pack, ""} and pick.mode in arms]
    for pick in ours:
        score = scores.get(pick.pair) if pick.quality01 is None else pick.quality01
        if score is not None:
            arms[pick.mode].append((pick.pair, score))
    weighted, shuffle = arms["weighted"], arms["shuffle"]
    uplift = (
        measure_uplift(weighted, shuffle, scores.values(), seed=seed)
        if weighted and shuffle
        else None
    )
    stat = PickStat(
        verdict="not-applicable",
        reason=f"{len(weighted)} weighted and {len(shuffle)} shuffled picks",
        num_lines=log.num_lines,
        num_bad_lines=log.num_bad_lines,
        weighted=len(weighted),
        shuffle=len(shuffle),
        unscored=len(ours) - len(weighted) - len(shuffle),
        others=len(log.entries) - len(ours),
        uplift=uplift,
    )
    if uplift is None or uplift.num_samples < MIN_SAMPLES:
        return stat
    verdict = "pass" if uplift.positive else "fail"
    return stat.model_copy(update={"verdict": verdict, "reason": uplift.figures})


def _parse_printed(line: str) -> LoggedPick | None:
    words = dict(_WORD.findall(line))
    if int(words["pair"]) > MAX_SAFE_INTEGER:
        return None
    return LoggedPick(
        mode=words["mode"],
        pack=words.get("pack", ""),
        pair=int(words["pair"]),
        quality01=finite(words.get("q") or words.get("quality01") or _UNSCORED),
        preset_id=words.get("presetId", ""),
        reason=words.get("reason", ""),
    )


def _parse(line: str) -> LoggedPick | None:
    match = _PICK.search(line)
    if match is None or int(match["pair"]) > MAX_SAFE_INTEGER:
        return None
    quality01 = finite(match["q"])
    if quality01 is None and match["q"] != _UNSCORED:
        return None
    return LoggedPick(
        mode=match["mode"],
        pack=match["pack"],
        pair=int(match["pair"]),
        quality01=quality01,
        preset_id=match["id"],
        reason=match["reason"],
    )
