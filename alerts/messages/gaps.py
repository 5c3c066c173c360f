"""Headlines of checks that compare two shares: how far one is from the other, in points, with interval and n."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from alerts.messages.numbers import estimate
from checks.rules.finding import Finding


def gap(finding: Finding) -> str:
    """What a finding of one of `GAPS` says, without its limit; it has a value."""
    return GAPS[finding.check](finding)


def _offline(finding: Finding) -> str:
    model, _, noun = finding.subject.partition(", ")
    side = "below" if _is_loss(finding) else "above"
    return f"{noun or 'accuracy'} of {model} is {_size(finding)} {side} offline"


def _elsewhere(finding: Finding) -> str:
    where = "" if finding.slice == "all" else f" [{finding.slice}]"
    more = "more" if _is_loss(finding) else "less"
    return f"accuracy of {finding.subject}{where} fell {_size(finding)} {more} than elsewhere"


GAPS: Final[dict[str, Callable[[Finding], str]]] = {"generalisation_gap": _offline, "prompt_bias": _elsewhere}
"""Checks whose value is a difference of shares, positive for a loss."""


def _is_loss(finding: Finding) -> bool:
    return finding.value is None or finding.value >= 0


def _size(finding: Finding) -> str:
    if _is_loss(finding):
        return estimate(finding)
    value, low, high = (None if x is None else -x for x in (finding.value, finding.high, finding.low))
    return estimate(replace(finding, value=value, low=low, high=high))
