"""Writes k8s/observability/dashboard.json: the pool on one screen, for Grafana.

    .venv/bin/python scripts/grafana_dashboard.py

Names of metrics are those of aivj/fleet/metrics.py; a test compares the file with what this writes.
"""

import sys
from pathlib import Path

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import DataSourceRef, VariableRefresh

PATH = Path(__file__).parents[1] / "k8s" / "observability" / "dashboard.json"

_SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
_OF_RUN = '{run=~"$run"'

# Title, unit, what it tells, and lines as expression and legend; `{RUN` chooses the runs.
_NUMBERS = (
    (
        "Pairs done",
        "short",
        "With a row or a failure.",
        "sum(max by (run) (ray_aivj_pairs_done{RUN}))",
    ),
    (
        "Pairs to go",
        "short",
        "Those aimed at, less those done.",
        "sum(max by (run) (ray_aivj_pairs_target{RUN}) - max by (run) (ray_aivj_pairs_done{RUN}))",
    ),
    (
        "Workers ready",
        "short",
        "Browsers that are open.",
        "sum(max by (run) (ray_aivj_workers_ready{RUN}))",
    ),
    (
        "Takes a minute",
        "short",
        "Of all nodes, in the last five minutes.",
        'sum(rate(ray_aivj_items_total{RUN, work="take"}[5m])) * 60',
    ),
    (
        "Failed",
        "percentunit",
        "Share of attempts in the last 15 minutes; an alert from 20 %.",
        (
            'sum(increase(ray_aivj_items_total{RUN, outcome!="done"}[15m]))'
            " / sum(increase(ray_aivj_items_total{RUN}[15m]))"
        ),
    ),
    (
        "Drivers silent for",
        "s",
        "Since the last beat of the driver that was heard of longest ago.",
        "max(time() - max by (run) (ray_aivj_driver_beat_timestamp_seconds{RUN}))",
    ),
)
_LINES = (
    (
        "Takes a minute, by run",
        "short",
        "Presets drawn. It falls when nodes go, and before a run ends.",
        {
            'sum by (run) (rate(ray_aivj_items_total{RUN, work="take"}[5m])) * 60': "{{run}}",
        },
    ),
    (
        "Pairs done, and aimed at",
        "short",
        "Pairs are composed; they need no browser where their presets are drawn.",
        {
            "max by (run) (ray_aivj_pairs_done{RUN})": "{{run}}",
            "max by (run) (ray_aivj_pairs_target{RUN})": "{{run}}: aimed at",
        },
    ),
    (
        "Failures by kind",
        "short",
        "Attempts in 5 minutes; docs/faults.md tells what each kind is.",
        {
            'sum by (outcome) (increase(ray_aivj_items_total{RUN, outcome!="done"}[5m]))': (
                "{{outcome}}"
            ),
        },
    ),
    (
        "Workers ready, and wanted",
        "short",
        "Fewer than wanted for long: no room in the cluster, or nodes that do not come.",
        {
            "max by (run) (ray_aivj_workers_ready{RUN})": "{{run}}",
            "max by (run) (ray_aivj_workers_wanted{RUN})": "{{run}}: wanted",
        },
    ),
    (
        "Seconds of a take, by node",
        "s",
        "Mean of what a browser is busy for. A node that stands out is hot, shared or failing.",
        {
            (
                'sum by (NodeAddress) (rate(ray_aivj_item_seconds_total{RUN, work="take"}[5m]))'
                ' / sum by (NodeAddress) (rate(ray_aivj_items_total{RUN, work="take"}[5m]))'
            ): "{{NodeAddress}}",
        },
    ),
    (
        "Workers replaced, by reason",
        "short",
        "In 15 minutes. Worn ones are replaced on purpose, after some thousand presets.",
        {"sum by (kind) (increase(ray_aivj_workers_replaced_total{RUN}[15m]))": "{{kind}}"},
    ),
    (
        "Rows that teach little",
        "percentunit",
        "Too dark, too still, or the same in silence: from 95 % on it is the pack, or the sound.",
        {
            "max by (run) (ray_aivj_dark_share{RUN})": "{{run}}: dark",
            "max by (run) (ray_aivj_still_share{RUN})": "{{run}}: still",
            "max by (run) (ray_aivj_deaf_share{RUN})": "{{run}}: deaf",
        },
    ),
    (
        "What draws",
        "short",
        "Runs by renderer. A software renderer where a GPU was asked for raises an alert.",
        {
            (
                "count by (renderer, policy)"
                " (max by (run, renderer, policy) (ray_aivj_renderer{RUN}) == 1)"
            ): "{{renderer}} ({{policy}})",
        },
    ),
)


def board() -> str:
    """Returns the dashboard as JSON text."""
    made = (
        dashboard.Dashboard("AIVJ")
        .uid("aivj")
        .tags(["aivj"])
        .description("Takes, pairs, failures and workers of all runs of a pool.")
        .refresh("30s")
        .time("now-6h", "now")
        .with_variable(
            dashboard.DatasourceVariable("source").label("Prometheus").type("prometheus")
        )
        .with_variable(
            dashboard.QueryVariable("run")
            .label("Run")
            .datasource(_SOURCE)
            .query("label_values(ray_aivj_run_active, run)")
            .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
            .multi(multi=True)
            .include_all(include_all=True)
        )
    )
    for title, unit, told, expression in _NUMBERS:
        made = made.with_panel(
            stat.Panel()
            .title(title)
            .description(told)
            .datasource(_SOURCE)
            .unit(unit)
            .span(4)
            .height(4)
            .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            .with_target(_query(expression))
        )
    for title, unit, told, lines in _LINES:
        panel = (
            timeseries.Panel()
            .title(title)
            .description(told)
            .datasource(_SOURCE)
            .unit(unit)
            .min(0)
            .span(12)
            .height(8)
            .legend(
                common.VizLegendOptions()
                .display_mode(LegendDisplayMode.LIST)
                .placement(LegendPlacement.BOTTOM)
                .show_legend(show_legend=True)
            )
            .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        )
        for number, (expression, legend) in enumerate(lines.items()):
            panel = panel.with_target(_query(expression, legend, number))
        made = made.with_panel(panel)
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def _query(expression: str, legend: str = "", number: int = 0) -> prometheus.Dataquery:
    query = prometheus.Dataquery().expr(expression.replace("{RUN", _OF_RUN))
    return query.legend_format(legend).ref_id(chr(ord("A") + number))


if __name__ == "__main__":
    sys.stdout.write(f"{PATH}\n")
    PATH.write_text(board())
