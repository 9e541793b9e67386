"""What is known of each pair, brought together and ordered by score."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from aivj.contracts.eval_rows import EvalRow
from aivj.contracts.failures import FailureRow
from aivj.report.data import ReportData

GALLERY_SIZE = 8
MAX_SHOWN = 3000
"""Pairs that the page shows one by one; more would make it too heavy to open."""


@dataclass(frozen=True)
class PresetName:
    """A preset's name without its ending, and the folder that it comes from."""

    title: str
    folder: str

    @classmethod
    def of(cls, source: str) -> "PresetName":
        """Takes a path with `/` below the library's folder."""
        path = PurePosixPath(source)
        title = path.name.removesuffix(".milk") or source
        return cls(title, "" if str(path.parent) == "." else str(path.parent))


@dataclass(frozen=True)
class PairView:
    """One pair.

    Attributes:
        pair: Its id.
        label: What it is called.
        foreground: The upper layer.
        background: The lower layer.
        has_picture: Whether there is one.
        quality01: Its score, None if it has none.
        rank: Its place among the measured pairs with a score, from 1; None for others.
        row: Its last measurement.
        failure: Why there is no measurement.
    """

    pair: int
    label: str
    foreground: PresetName
    background: PresetName
    has_picture: bool
    quality01: float | None
    rank: int | None
    row: EvalRow | None
    failure: FailureRow | None

    @property
    def luma(self) -> float | None:
        """Mean luma of the composite, else of the two layers; None if unmeasured."""
        if self.row is None:
            return None
        composite = self.row.composite_avg_luma
        return self.row.viz_avg_luma if composite is None else composite

    @property
    def motion(self) -> float | None:
        """The motion that the checks judge."""
        return self.row.viz_avg_frame_delta if self.row else None

    @property
    def complaints(self) -> tuple[str, ...]:
        """What speaks against the pair, in a few words each."""
        if self.row is None:
            return (self.failure.kind if self.failure else "not measured",)
        degraded = tuple(f"not all drawn: {name}" for name in self.row.degraded or ())
        # The contract's reasons know nothing of flashes; whoever looks at the pair must.
        flashes = ("unsafe flashes",) if self.row.flash_unsafe else ()
        return (*self.row.reasons, *flashes, *degraded)

    @property
    def is_flagged(self) -> bool:
        """Whether anything speaks against it."""
        return bool(self.complaints)

    @property
    def color(self) -> str | None:
        """Mean colour of the composite as `#rrggbb`."""
        if self.row is None:
            return None
        row = self.row
        shares = (row.composite_color_r, row.composite_color_g, row.composite_color_b)
        levels = [round(255 * min(max(share, 0.0), 1.0)) for share in shares if share is not None]
        return "#{:02x}{:02x}{:02x}".format(*levels) if len(levels) == len(shares) else None


@dataclass(frozen=True)
class Gallery:
    """Some pairs to look at closely."""

    title: str
    note: str
    pairs: tuple[PairView, ...]


def pair_views(data: ReportData) -> list[PairView]:
    """Returns all pairs: measured ones by falling score, then those without a measurement."""
    rows = {row.pair: row for row in data.rows if row.pair is not None}
    failures = {row.pair: row for row in data.failures}
    scored = [] if data.quality is None else data.quality.pairs
    scores = {each.pair: each.quality01 for each in scored}

    def place(pair: int) -> tuple[bool, bool, float, int]:
        return pair not in rows, pair not in scores, -scores.get(pair, 0.0), pair

    views = []
    for number, pair in enumerate(sorted(rows.keys() | failures.keys() | scores.keys(), key=place)):
        foreground, background = data.preset_names.get(pair, ("unnamed preset", "unnamed preset"))
        views.append(
            PairView(
                pair=pair,
                label=data.pair_labels.get(pair, str(pair)),
                foreground=PresetName.of(foreground),
                background=PresetName.of(background),
                has_picture=bool(data.thumbnails.get(pair)),
                quality01=scores.get(pair),
                rank=number + 1 if pair in rows and pair in scores else None,
                row=rows.get(pair),
                failure=None if pair in rows else failures.get(pair),
            )
        )
    return views


def galleries(views: Sequence[PairView]) -> list[Gallery]:
    """Returns the best and the worst pairs; none is in both, and equal scores are not ranked."""
    ranked = tuple(view for view in views if view.rank is not None)
    if not ranked:
        return []
    if len(ranked) == 1:
        return [Gallery("The pair", "The only pair with a measurement and a score.", ranked)]
    if len({view.quality01 for view in ranked}) == 1:
        note = "All scores are equal, so there is no best and no worst: the first pairs by number."
        return [Gallery("Pairs", note, ranked[:GALLERY_SIZE])]
    num_best = min(GALLERY_SIZE, (len(ranked) + 1) // 2)
    best, worst = ranked[:num_best], ranked[num_best:][: -GALLERY_SIZE - 1 : -1]
    return [
        Gallery("Best pairs", "Highest score first.", best),
        Gallery("Worst pairs", "Lowest score first.", worst),
    ]


def shown_views(views: Sequence[PairView], best_and_worst: Sequence[Gallery]) -> list[PairView]:
    """Returns the pairs that are shown one by one, in order; the galleries' are among them."""
    if len(views) <= MAX_SHOWN:
        return list(views)
    in_galleries = {view.pair for gallery in best_and_worst for view in gallery.pairs}
    tail = [view for view in views[MAX_SHOWN:] if view.pair in in_galleries]
    return [*views[:MAX_SHOWN], *tail]
