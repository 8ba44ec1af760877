"""Evaluates the templates' alarms over metrics that were emitted, as CloudWatch does: period, statistic, threshold."""

from __future__ import annotations

import ast
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from infra.local.emulation import template
from infra.local.emulation.cloud import STAGE, TEMPLATES
from infra.local.emulation.moto_insides import ACCOUNT, REGION

FACTS = {"Stage": STAGE, "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "PageEmail": "", "PageUrl": ""}
_ALARM, _COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
_STATISTICS: Mapping[str, Callable[[list[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": lambda values: sum(values) / len(values),
}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
Dimensions = frozenset[tuple[str, str]]


class Metric(NamedTuple):
    """The name of a metric, with its dimensions."""

    namespace: str
    name: str
    dimensions: Dimensions


class Metrics:
    """Values of metrics, each with its time."""

    def __init__(self) -> None:
        self._values: dict[Metric, list[tuple[datetime, float]]] = defaultdict(list)

    def put(
        self, at: datetime, namespace: str, name: str, value: float, dimensions: Mapping[str, str]
    ) -> None:
        """Keep one value."""
        self._values[Metric(namespace, name, frozenset(dimensions.items()))].append((at, value))

    def between(self, metric: Metric, start: datetime, end: datetime) -> list[float]:
        """Return the values of a metric after one instant, up to another."""
        return [value for at, value in self._values.get(metric, ()) if start < at <= end]

    def names(self) -> set[str]:
        """Return the names of all metrics that have values."""
        return {metric.name for metric in self._values}

    def copy(self) -> Metrics:
        """Return the same values, to which others may be added."""
        copied = Metrics()
        for metric, values in self._values.items():
            copied._values[metric] = list(values)
        return copied


@dataclass(frozen=True)
class Alarm:
    """One alarm of a template; its name without the stage."""

    name: str
    properties: Mapping[str, Any]

    def rings(self, metrics: Metrics, at: datetime) -> bool:
        """Return whether the alarm's condition is true at an instant."""
        wanted = self.properties.get("EvaluationPeriods", 1)
        breaching = [
            self._is_breaching(metrics, at - n * self._period, at - (n + 1) * self._period)
            for n in range(wanted)
        ]
        return sum(breaching) >= int(self.properties.get("DatapointsToAlarm", wanted))

    @property
    def _period(self) -> timedelta:
        stats = (query["MetricStat"] for query in self.properties.get("Metrics", ()) if "MetricStat" in query)
        seconds = next((stat["Period"] for stat in stats), None) or self.properties["Period"]
        return timedelta(seconds=seconds)

    def _is_breaching(self, metrics: Metrics, end: datetime, start: datetime) -> bool:
        value = self._value(metrics, start, end)
        if value is None:
            return bool(self.properties["TreatMissingData"] == "breaching")
        compare = _COMPARISONS[self.properties["ComparisonOperator"]]
        return compare(value, float(self.properties["Threshold"]))

    def _value(self, metrics: Metrics, start: datetime, end: datetime) -> float | None:
        queries = self.properties.get("Metrics")
        if queries is None:
            return _statistic(metrics, self.properties, self.properties["Statistic"], start, end)
        values = {
            query["Id"]: _statistic(
                metrics, query["MetricStat"]["Metric"], query["MetricStat"]["Stat"], start, end
            )
            for query in queries
            if "MetricStat" in query
        }
        (expression,) = (query["Expression"] for query in queries if "Expression" in query)
        return calculated(expression, values)


@dataclass(frozen=True)
class Composite:
    """An alarm that rings while other alarms do."""

    name: str
    rule: str

    def rings(self, ringing: Iterable[str]) -> bool:
        """Return whether the rule holds while these alarms ring: all that it names, joined by AND."""
        named = re.findall(rf'ALARM\("pakn-{STAGE}-([\w-]+)"\)', self.rule)
        assert self.rule == " AND ".join(f'ALARM("pakn-{STAGE}-{name}")' for name in named)
        return {*named} <= {*ringing}


@dataclass(frozen=True)
class Alarms:
    """The alarms of a template."""

    simple: tuple[Alarm, ...]
    composite: tuple[Composite, ...]

    def ringing(self, metrics: Metrics, at: datetime) -> set[str]:
        """Return the names of the alarms whose condition is true; parts of a composite alarm ring only as that."""
        true = {alarm.name for alarm in self.simple if alarm.rings(metrics, at)}
        together = {alarm.name for alarm in self.composite if alarm.rings(true)}
        return {name for name in true if not name.startswith("burn-")} | together

    @property
    def names(self) -> set[str]:
        """The names of all alarms that call or write to somebody."""
        simple = {alarm.name for alarm in self.simple if not alarm.name.startswith("burn-")}
        return simple | {alarm.name for alarm in self.composite}


def alarms_of(path: Path = TEMPLATES / "alarms.yaml") -> Alarms:
    """Return the alarms of a template, as the local stage would have them."""
    document = template.read(path, FACTS)
    prefix = f"pakn-{STAGE}-"
    simple = template.of_type(document, _ALARM)
    composite = template.of_type(document, _COMPOSITE)
    return Alarms(
        tuple(Alarm(each["AlarmName"].removeprefix(prefix), each) for each in simple),
        tuple(Composite(each["AlarmName"].removeprefix(prefix), each["AlarmRule"]) for each in composite),
    )


def _statistic(
    metrics: Metrics, metric: Mapping[str, Any], statistic: str, start: datetime, end: datetime
) -> float | None:
    dimensions = frozenset((each["Name"], str(each["Value"])) for each in metric.get("Dimensions", ()))
    values = metrics.between(Metric(metric["Namespace"], metric["MetricName"], dimensions), start, end)
    return _STATISTICS[statistic](values) if values else None


# ---------------------------------------------------------------- metric math

_ARITHMETIC: Mapping[type[ast.AST], Callable[[float, float], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda first, second: first / second if second else None,
    ast.GtE: operator.ge,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.Lt: operator.lt,
    ast.Eq: operator.eq,
}


def calculated(expression: str, values: Mapping[str, float | None]) -> float | None:
    """Return the value of a metric-math expression of `IF`, `FILL`, `AND`, `OR`, arithmetic and comparisons.

    Args:
        expression: as a template has it.
        values: of each metric by its id; None is missing data.
    """
    text = expression.replace(" AND ", " and ").replace(" OR ", " or ")
    return _of(ast.parse(text, mode="eval").body, values)


def _of(node: ast.AST, values: Mapping[str, float | None]) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.BoolOp(op=joint, values=operands):
            truths = [bool(_of(operand, values)) for operand in operands]
            return float(all(truths) if isinstance(joint, ast.And) else any(truths))
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
            first, second = _of(left, values), _of(right, values)
            if first is None or second is None:
                return None
            result = _ARITHMETIC[type(op)](first, second)
            return None if result is None else float(result)
        case ast.Call(func=ast.Name(id="FILL"), args=[metric, filling]):
            value = _of(metric, values)
            return _of(filling, values) if value is None else value
        case ast.Call(func=ast.Name(id="IF"), args=[condition, yes, *no]):
            branches = [yes] if _of(condition, values) else no
            return _of(branches[0], values) if branches else None
    raise ValueError(f"no metric math of ours: {ast.dump(node)}")
