"""A figure has one form wherever it is read, and says what it is of."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.messages.message import reply_message, root_message
from alerts.messages.text import render_text
from alerts.messages.words import problem, short_problem
from checks.advice.deciding.model import Action, Advice
from checks.rules.finding import Cause, Finding
from tests.checks.advice.cases import (
    GOOD,
    HALF,
    MISSES_URGENT,
    PARADOX,
    PLAIN,
    POLICY,
    SLOW,
    URGENT,
    low_accuracy,
    prompts,
    rare_urgent,
)
from tests.checks.advice.signals.test_study_signals import TOPIC, studied
from tests.repository.paths import ROOT
from tests.support.advice import advise
from tests.support.incidents import finding, opened
from tests.support.windows import Spell, history

OTHER_FORMS = {
    "an interval in words": re.compile(r"\(\d[\d.]*%? to \d[\d.]*%"),
    "a support in other words": re.compile(r", \d[\d,]* (labels|answers|pairs|errors|scores|predictions)\)"),
    "digits that say nothing": re.compile(r"\b(?!99\.)[1-9]\d?\.\d%"),
    "an earlier figure that does not say of what": re.compile(
        r"\bwas (at most )?[\d.,]++(%| ms| s| h| d)?+(?! (\(|in the reference|with |of all in the reference))"
    ),
    "a difference of shares as a share": re.compile(r"\b(gap|bias) (of \S+ )?(is )?\d+(\.\d)?%"),
    "a figure that says nothing of its unit": re.compile(r"\b0\.\d{3,}"),
}


def tellings() -> Iterator[Advice]:
    """Advice that gives every signal to read, on bots that went wrong in every way that the tests know."""
    story = [
        ([URGENT], history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4")), POLICY),
        ([URGENT, PARADOX], history(Spell(25, GOOD, "p3", "m1"), Spell(5, MISSES_URGENT, "p4", "m2")), POLICY),
        ([URGENT], history(Spell(25, GOOD, "p3"), Spell(5, HALF, "p3")), POLICY),
        ([URGENT], history(Spell(25, GOOD, "p3"), Spell(3, MISSES_URGENT, "p4"), Spell(2, GOOD, "p3")), POLICY),
        ([URGENT], history(Spell(28, rare_urgent(0.9, 2), "p3"), Spell(2, rare_urgent(0.2, 2), "p4")), POLICY),
        ([low_accuracy()], history(*prompts(0.75, 0.75, 0.76)), PLAIN),
        ([SLOW], history(Spell(25, GOOD, ms=700), Spell(5, GOOD, "p2", ms=1500)), POLICY),
    ]
    for findings, windows, policy in story:
        yield advise(findings, windows, policy)
        yield advise(findings, studied(windows, new_topic=TOPIC), policy)


def sentences() -> Iterator[str]:
    for advice in tellings():
        yield from advice.reasons
        yield advice.experiment
        yield from (signal.sentence for signal in advice.signals)


CHECKS = (
    finding(),
    finding("class_precision", "urgent"),
    finding("accuracy", "all", cause=Cause.BELOW_REFERENCE, threshold=0.91),
    finding("latency", "p95", value=2900.4, low=2700.0, high=3100.0, threshold=2000.0, reference=1100.0, n=15300),
    finding("calibration", "all", value=0.123, threshold=0.05, reference=0.031),
    finding("drift", "text", value=0.123, threshold=0.1, reference=None, message="text: at least 12% is different"),
    finding("generalisation_gap", "m1", value=0.123, threshold=0.05, reference=None),
    finding("generalisation_gap", "m1, recall of urgent", value=0.123, threshold=0.05, reference=None),
    finding("prompt_bias", "lang=de", value=0.123, threshold=0.1, reference=None),
    finding("leakage", "m1", value=0.123, threshold=0.05),
    finding("relevance", "low_share", value=0.123, threshold=0.1),
    finding("label_health", "silence", value=90.0, low=None, high=None, threshold=72.0, reference=None),
)


def lines() -> Iterator[str]:
    for found in CHECKS:
        yield problem(replace(found, message=""))
        yield short_problem(found)
    yield from sentences()


def test_no_figure_of_any_check_or_signal_has_another_form() -> None:
    told = list(lines())
    assert len(told) > 300
    for what, form in OTHER_FORMS.items():
        assert not [line for line in told if form.search(line)], what


def test_the_numbers_of_an_alert_and_of_its_reasons_are_written_alike() -> None:
    advice = advise([URGENT], history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4")), POLICY)
    assert advice.action is Action.ROLLBACK_PROMPT
    step = replace(opened(URGENT), incident=replace(opened(URGENT).incident, advice=advice))
    for text in (render_text(root_message(step)), render_text(reply_message(step))):
        for what, form in OTHER_FORMS.items():
            assert not form.search(text), what
        assert re.search(r"recall of urgent is \d+% \(\d+–\d+%, n=\d+\) over the last 7 d.* in the reference", text)
        assert re.search(r"Recall of urgent was \d+% \(\d+–\d+%, n=[\d,]+\) with prompt p3", text)


def test_a_figure_stands_whole_once_in_a_message_and_is_only_named_again() -> None:
    whole = re.compile(r"\S+ \([^()]+, n=[\d,]+[^()]*\)")
    again = 0
    for advice in tellings():
        step = replace(opened(URGENT, PARADOX), incident=replace(opened(URGENT, PARADOX).incident, advice=advice))
        for message in (root_message(step), reply_message(step)):
            told = whole.findall(render_text(message))
            assert len(told) == len(set(told))
            again += message.reasons != advice.reasons[: len(message.reasons)]
    assert again, "no advice repeats a figure, so nothing was tried"


def test_a_drift_says_of_what_its_share_is() -> None:
    assert short_problem(CHECKS[5]) == "drift: at least 12% of the messages is unlike the reference, limit 10%"


@pytest.mark.parametrize(
    ("found", "headline"),
    [
        (
            finding("generalisation_gap", "m1", value=0.123, low=0.04, high=0.21, threshold=0.05),
            "accuracy of m1 is 12.3 points (4.0–21.0 points, n=61) below offline, limit 5.0 points",
        ),
        (
            finding("generalisation_gap", "m1, recall of urgent", value=-0.02, low=-0.1, high=0.06, threshold=0.05),
            "recall of urgent of m1 is 2.0 points (-6.0–10.0 points, n=61) above offline, limit 5.0 points",
        ),
        (
            finding("prompt_bias", "lang=de", value=0.123, low=0.04, high=0.21, threshold=0.1),
            "accuracy of lang=de fell 12.3 points (4.0–21.0 points, n=61) more than elsewhere, limit 10.0 points",
        ),
        (
            finding("prompt_bias", "es", value=-0.01, low=-0.04, high=0.02, threshold=0.1, slice="p=4"),
            "accuracy of es [p=4] fell 1.0 points (-2.0–4.0 points, n=61) less than elsewhere, limit 10.0 points",
        ),
    ],
)
def test_a_difference_of_shares_is_told_in_points_with_its_interval_and_n(found: Finding, headline: str) -> None:
    found = replace(found, cause=Cause.ABOVE_LIMIT)
    assert short_problem(found) == headline
    assert "% (" not in problem(replace(found, message=""))


@pytest.mark.parametrize("package", ["checks", "alerts"])
def test_only_one_module_writes_a_share_with_its_support(package: str) -> None:
    own = re.compile(r"""[( ]n=\{|\} to \{percent|:\.\d%\}""")
    files = [file for file in Path(ROOT, package).rglob("*.py") if file.name != "figures.py"]
    assert not [file for file in files if own.search(file.read_text("utf-8"))]
