"""The page itself: template, style and a policy that lets nothing else in."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aivj.report.data import ReportData
from aivj.report.distributions import distribution_charts
from aivj.report.overview import failure_kinds, first_facts, verdict_detail
from aivj.report.pair_views import PairView, galleries, pair_views, shown_views
from aivj.report.text import counted, duration, fixed, moment, printable, significant
from aivj.report.timeline import timeline
from aivj.report.training import training_charts
from aivj.stage.assets import THEME_STYLE
from aivj.storage import write_atomic

_TEMPLATE = "report.html.j2"
_STYLE = "report.css"


def write_report(path: Path, data: ReportData) -> None:
    """Writes the page, whole or not at all. The same data give the same bytes.

    Raises:
        StorageError: The disk did not take it.
    """
    write_atomic(path, report_html(data).encode())


def report_html(data: ReportData) -> str:
    """Returns the page."""
    views = pair_views(data)
    best_and_worst = galleries(views)
    stats = None if data.quality is None else data.quality.quality_stats
    shown = shown_views(views, best_and_worst)
    return render_page(
        _TEMPLATE,
        data=data,
        views=shown,
        num_left_out=len(views) - len(shown),
        pictures=_pictures(shown, data.thumbnails),
        verdict_detail=verdict_detail(data.checks),
        facts=first_facts(data, views),
        stages=timeline(data.stages),
        galleries=best_and_worst,
        distributions=distribution_charts(views, stats, data.thresholds),
        training=training_charts(data.training, chosen_epoch=data.chosen_epoch),
        failures=failure_kinds(data.failures, data.pair_labels),
    )


def render_page(template: str, **values: object) -> str:
    """Returns a page of this package's templates, in its style, under its policy."""
    environment = _environment()
    own = environment.get_template(_STYLE).render()
    style = f"{THEME_STYLE.read_text(encoding='utf-8')}\n{own}"
    return environment.get_template(template).render(**values, style=style, policy=_policy(style))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("aivj.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters.update(
        counted=counted, duration=duration, fixed=fixed, moment=moment, significant=significant
    )
    return environment


def _finalized(value: object) -> object:
    """Makes every text that reaches the page printable; markup of ours is so already."""
    is_foreign = isinstance(value, str) and not isinstance(value, Markup)
    return printable(str(value)) if is_foreign else value


def _policy(style: str) -> str:
    """Allows this style and inline pictures; no script, no network, no form, no frame."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _pictures(views: Sequence[PairView], thumbnails: Mapping[int, bytes]) -> dict[int, str]:
    """Returns each picture once, in base64: the page draws it in several places."""
    return {
        view.pair: base64.b64encode(thumbnails[view.pair]).decode()
        for view in views
        if view.has_picture
    }
