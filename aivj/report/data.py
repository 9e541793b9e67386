"""What a report is made from: plain values, gathered by whoever ran the stages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.failures import FailureRow
from aivj.contracts.pairs_quality import PairsQuality
from aivj.contracts.run_meta import Heuristic


@dataclass(frozen=True)
class StageLine:
    """One stage that was run.

    Attributes:
        name: What the stage is called on the command line.
        duration_s: Wall time.
        result: What came of it, in a few words.
    """

    name: str
    duration_s: float
    result: str


@dataclass(frozen=True)
class CheckLine:
    """One check of the verification.

    Attributes:
        name: What was looked at.
        required: Whether the verdict hangs on it.
        passed: None if it was not applicable.
        detail: What was found.
    """

    name: str
    required: bool
    passed: bool | None
    detail: str


@dataclass(frozen=True)
class ReportData:
    """A whole run.

    Attributes:
        title: Heading of the page.
        generated_at: When; shown in UTC. A naive time is taken for UTC.
        pack: Name of the pack.
        renderer: The renderer's own description.
        renderer_class: Its class, for example `llvmpipe`.
        is_software: Whether a CPU drew the pictures; None if nobody knows.
        chromium_version: Build of the browser; empty if nobody knows.
        notices: What must be said aloud before anything else.
        stages: In the order in which they ran, one after another.
        rows: Measurements; the last one of a pair counts.
        failures: Pairs that could not be measured.
        num_target: Pairs that the run aimed at.
        thumbnails: WebP pictures by pair id.
        preset_names: Source names of foreground and background by pair id. Untrusted text.
        quality: The scores; None if the pack has none.
        training: One mapping per epoch: `epoch` and figures whose names end in `_loss`, `_auc`,
            `_spearman` or `_std`; others are not drawn. None where there was nothing to say.
        training_notes: What a reader of the curves should know.
        checks: Checks of what was judged.
        verdict: Whether it passed; None if nothing was judged.
        artifacts: Label and path of everything that was written.
        thresholds: Limits below which luma or motion of a pair is flagged.
        chosen_epoch: The epoch that the fit was stopped after, where the curves go on; None if
            they end there.
        judged: What the checks and the verdict are of, as a word to begin a sentence.
        pair_labels: What a pair is called, if not by its id.
    """

    title: str
    generated_at: datetime
    pack: str
    renderer: str
    renderer_class: str
    is_software: bool | None
    chromium_version: str
    notices: Sequence[str]
    stages: Sequence[StageLine]
    rows: Sequence[EvalRow]
    failures: Sequence[FailureRow]
    num_target: int
    thumbnails: Mapping[int, bytes]
    preset_names: Mapping[int, tuple[str, str]]
    quality: PairsQuality | None
    training: Sequence[Mapping[str, float | None]]
    training_notes: Sequence[str]
    checks: Sequence[CheckLine]
    verdict: bool | None
    artifacts: Sequence[tuple[str, str]]
    thresholds: Heuristic = field(default_factory=Heuristic)
    chosen_epoch: int | None = None
    judged: str = "Verification"
    pair_labels: Mapping[int, str] = field(default_factory=dict)
