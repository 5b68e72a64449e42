"""Manual, dashboard and alert rules against the metrics that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from prometheus_client.core import Metric

from rdds.limits.shared import LimitCounts
from rdds.operations.counters import WorkerCounters
from rdds.operations.metrics import Figures, ServerNumbers
from rdds.operations.opening import open_operations
from rdds.operations.store_figures import StoreFigures
from rdds.operations.stripes import Stripes
from rdds.policy_check import check_policy, fingerprint
from store.policy import RegistryPolicy
from store.sql.database import Database
from store.sql.sources import open_source
from tests.rdds.operations.running import ask_at, listening_socket

DOCS = Path(__file__).parents[3] / "docs"
MANUAL = (DOCS / "monitoring.md").read_text(encoding="utf-8")
DASHBOARD = json.loads((DOCS / "grafana" / "rdds.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((DOCS / "alerts" / "rdds.yml").read_text(encoding="utf-8"))

GIVEN_BY_PROMETHEUS = {"instance", "job"}
SELECTOR = re.compile(r"\b(up|rdds_\w+)(?:\{([^}]*)\})?")


@pytest.fixture(scope="module")
def metrics() -> dict[str, Metric]:
    """Give all metrics of a server with one worker, by name."""
    stripes = Stripes(1)
    WorkerCounters(stripes.claim()).beat()
    store = StoreFigures(
        position=1, changed=1, waiting=1, oldest_waiting=1, open_changes=1, overdue=1
    )
    limits = LimitCounts(questions=(0, 0), connections=(0, 0), persons=0, server=0, live=0, slots=1)
    figures = Figures(
        version="1", engine="sqlite", faults={"serving": None}, store=store, limits=limits
    )
    return {_full(each): each for each in ServerNumbers(stripes, figures).collect()}


def _full(metric: Metric) -> str:
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


def labels_of(metric: Metric) -> set[str]:
    """Give the labels of a metric's series, without a histogram's own."""
    return {label for sample in metric.samples for label in sample.labels} - {"le"}


def panels() -> Iterator[tuple[str, str]]:
    """Give title and expression of everything that the dashboard shows."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def alerts() -> Iterator[dict[str, Any]]:
    """Give the alert rules."""
    for group in RULES["groups"]:
        yield from group["rules"]


def expressions() -> list[tuple[str, str]]:
    """Give name and expression of all panels and alerts."""
    return [*panels(), *((rule["alert"], rule["expr"]) for rule in alerts())]


def table(heading: str) -> dict[str, list[str]]:
    """Give the rows of the first table whose heading begins with *heading*."""
    rows = re.search(rf"\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", MANUAL)
    assert rows, heading
    cells = [
        [cell.strip() for cell in line.strip("|").split(" |")] for line in rows[1].splitlines()
    ]
    return {row[0].strip("` "): row[1:] for row in cells}


def test_manual_explains_every_metric_with_its_labels(metrics: dict[str, Metric]) -> None:
    """The table has a row for each metric, with the labels it has, and no other row."""
    rows = table("metric")
    assert rows.keys() == metrics.keys()
    for name, (labels, words) in rows.items():
        assert set(re.findall(r"`(\w+)`", labels)) == labels_of(metrics[name]), name
        assert len(words) > 0


def test_page_itself_explains_every_metric(metrics: dict[str, Metric]) -> None:
    """A sentence stands by each name, for whoever reads the page alone."""
    assert all(re.fullmatch(r"[A-Z].{8,}\.", each.documentation) for each in metrics.values())


@pytest.mark.parametrize(("name", "expression"), expressions())
def test_expression_names_what_exists(
    metrics: dict[str, Metric], name: str, expression: str
) -> None:
    """Each metric in a panel or a rule is on the page, with the labels it is asked for."""
    samples = {sample.name: metric for metric in metrics.values() for sample in metric.samples}
    found = SELECTOR.findall(expression)
    assert found
    known: set[str] = {"le"} if "_bucket" in expression else set()
    for metric, selector in found:
        if metric == "up":
            continue
        assert metric in samples, name
        known |= labels_of(samples[metric])
        for label, value in re.findall(r'(\w+)=~?"([^"]*)"', selector):
            if label not in GIVEN_BY_PROMETHEUS:
                seen = {sample.labels.get(label) for sample in samples[metric].samples}
                assert value in seen, name
    for group in re.findall(r"by \(([^)]*)\)", expression):
        assert set(group.split(", ")) <= known | GIVEN_BY_PROMETHEUS, name
    assert expression.count("(") == expression.count(")")


@pytest.mark.parametrize(("name", "expression"), expressions())
def test_expression_treats_counts_as_counts(name: str, expression: str) -> None:
    """What only grows is shown by its rate, and what goes up and down never is."""
    rated = re.findall(r"\brate\((\w+)", expression)
    counts = re.findall(r"rdds_\w+?_(?:total|bucket|sum|count)\b", expression)
    assert sorted(rated) == sorted(counts), name


def test_dashboard_shows_every_metric(metrics: dict[str, Metric]) -> None:
    """Nothing is measured that nobody sees."""
    text = json.dumps(DASHBOARD)
    assert [name for name in metrics if name not in text] == []


def test_dashboard_can_be_imported() -> None:
    """Panels have numbers of their own and don't overlap, and the source is asked for."""
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
        assert panel["type"] == "row" or panel["datasource"]["uid"] == "${source}"
    assert [each["name"] for each in DASHBOARD["templating"]["list"]] == ["source", "instance"]


def test_manual_says_what_to_do_about_every_alert() -> None:
    """Each rule has a row, and each row a rule; each waits, and says who is to be woken."""
    assert list(table("alert")) == [rule["alert"] for rule in alerts()]
    for rule in alerts():
        assert rule.keys() == {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert re.fullmatch(r"\d+[smh]", rule["for"])
        used = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        assert used - GIVEN_BY_PROMETHEUS <= set(re.findall(r"\w+", rule["expr"])) | {"check"}


async def test_manual_names_every_check(sqlite_url: str) -> None:
    """What `/readyz` asks stands in the manual, and nothing else does."""
    source, database, listening = open_source(sqlite_url), Database(sqlite_url), listening_socket()
    server = await open_operations(
        [listening],
        source=source,
        database=database,
        stripes=Stripes(1),
        checks={"policy": check_policy(source, fingerprint(RegistryPolicy()))},
    )
    answer = await ask_at(listening.getsockname()[1], "/readyz")
    await server.end(0)
    await source.close()
    database.close()
    assert list(orjson.loads(answer.body)["checks"]) == list(table("check"))
