"""Alerts and dashboard speak of metrics that exist, and each alert fires in the night it is for."""

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path

import promql_parser
import pytest
import yaml

from aivj.contracts import alert_limits
from aivj.faults import FAULTS
from aivj.fleet.metrics import METRICS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "k8s" / "observability"
SPEC = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["spec"]
RULES = [rule for group in SPEC["groups"] for rule in group["rules"]]
NIGHTS = yaml.safe_load((FOLDER / "alerts.test.yaml").read_text())
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())
PANELS = DASHBOARD["panels"]

EXPORTED = {metric.exported: set(metric.labels) for metric in METRICS}
# Of Ray's own.
ADDED = {"NodeAddress", "WorkerId"}
EXPRESSIONS = [
    *((rule["alert"], rule["expr"]) for rule in RULES),
    *((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]),
]


def selectors(node):
    """Yields the vector selectors of a parsed expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "vs", "vector_selector", "selector"):
        part = getattr(node, name, None)
        if part is not None and not isinstance(part, str):
            yield from selectors(part)
    for part in getattr(node, "args", None) or ():
        yield from selectors(part)


@pytest.mark.parametrize(("name", "expression"), EXPRESSIONS)
def test_an_expression_is_promql_of_our_metrics(name, expression):
    found = list(selectors(promql_parser.parse(expression)))
    # The parser's tree was walked whole: as many selectors as there are names in the text.
    assert len(found) == len(re.findall(r"\bray_aivj_\w+", expression)), name
    for selector in found:
        assert selector.name in EXPORTED
        asked = {matcher.name for matcher in selector.matchers.matchers} - {"__name__"}
        assert asked <= EXPORTED[selector.name] | ADDED
    grouped = re.findall(r"\b(?:by|on) \(([^)]+)\)", expression)
    known = set().union(*(EXPORTED[selector.name] for selector in found)) | ADDED
    assert {label.strip() for labels in grouped for label in labels.split(",")} <= known


def test_every_metric_is_looked_at():
    seen = {name for _, text in EXPRESSIONS for name in re.findall(r"\bray_aivj_\w+", text)}
    unseen = {"ray_aivj_items_reissued_total", "ray_aivj_pairs_failed"}
    assert seen == set(EXPORTED) - unseen


def test_the_page_has_a_row_for_every_metric():
    page = (ROOT / "docs" / "observability.md").read_text()
    rows = set(re.findall(r"^\| (`ray_.*) \|$", page, re.MULTILINE))
    assert rows == {
        f"`{metric.exported}` | {', '.join(metric.labels)} | {metric.meaning}" for metric in METRICS
    }


def test_promtool_takes_the_rules_and_each_fires_when_it_should(tmp_path):
    (tmp_path / "alerts.yaml").write_text(yaml.safe_dump(SPEC))
    (tmp_path / "alerts.test.yaml").write_text(yaml.safe_dump(NIGHTS))
    for words in (
        ["check", "rules", "--lint=all", "alerts.yaml"],
        ["test", "rules", "alerts.test.yaml"],
    ):
        ended = subprocess.run(
            [shutil.which("promtool"), *words],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_alert_has_a_night_in_which_it_fires_and_one_in_which_it_does_not():
    fired, quiet = set(), set()
    for night in NIGHTS["tests"]:
        for look in night["alert_rule_test"]:
            (fired if look.get("exp_alerts") else quiet).add(look["alertname"])
    assert fired == quiet == {rule["alert"] for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_happened_and_what_to_do(rule):
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "action"}
    assert "for" in rule


def test_kinds_that_alerts_and_nights_name_are_faults():
    text = (FOLDER / "alerts.yaml").read_text() + (FOLDER / "alerts.test.yaml").read_text()
    named = {
        kind
        for kinds in re.findall(r'(?:kind|outcome)(?:=|!=|!~|=~)"([^"]+)"', text)
        for kind in kinds.split("|")
    }
    assert named <= set(FAULTS) | {"done", "worn", "draining"}


def test_the_dashboard_is_what_its_source_writes():
    source = ROOT / "scripts" / "grafana_dashboard.py"
    spec = importlib.util.spec_from_file_location("grafana_dashboard", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.board() == (FOLDER / "dashboard.json").read_text()


def test_panels_tell_what_they_show_and_do_not_overlap():
    taken = set()
    for panel in PANELS:
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        taken |= cells


@pytest.mark.parametrize(
    ("alert", "limits"),
    [
        (
            "AivjSilence",
            [f">= {alert_limits.SAMENESS_SHARE}", f">= {alert_limits.MIN_ROWS_TO_JUDGE}"],
        ),
        (
            "AivjPackTeachesLittle",
            [f">= {alert_limits.SAMENESS_SHARE}", f">= {alert_limits.MIN_ROWS_TO_JUDGE}"],
        ),
        (
            "AivjFailures",
            [f"> {alert_limits.FAILURE_SHARE}", f">= {alert_limits.MIN_ATTEMPTS_TO_JUDGE}"],
        ),
        (
            "AivjWorkersLost",
            [f"> {alert_limits.WORKERS_LOST}", f"[{alert_limits.WORKERS_LOST_S / 60:.0f}m]"],
        ),
        (
            "AivjRateDropping",
            [
                f"< {alert_limits.RATE_DROP_SHARE} ",
                f"[{alert_limits.RATE_OVER_S / 60:.0f}m]",
                f"offset {alert_limits.RATE_EARLIER_S / 3600:.0f}h",
            ],
        ),
        ("AivjRunStale", [f"[{alert_limits.STALE_ERROR_S / 60:.0f}m]"]),
    ],
)
def test_limits_are_those_of_the_monitor(alert, limits):
    [expression] = [rule["expr"] for rule in RULES if rule["alert"] == alert]
    assert [limit for limit in limits if limit not in expression] == []
