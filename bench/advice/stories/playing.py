"""Plays a case: looks every day until something alarms, and asks for advice."""

from dataclasses import dataclass, replace

from alerts.messages.wording import advised, worded
from bench.advice.stories.looking import Looker
from bench.advice.stories.story import ABSTAIN, NONE, Case
from bench.advice.stories.studying import Reader
from bench.advice.stories.world import STEPS_A_DAY
from checks.advice.advise import advise
from checks.advice.deciding.model import Advice
from checks.advice.deciding.policy import AdvicePolicy
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.rules.check import Check
from checks.rules.family import Family
from checks.rules.finding import Finding
from checks.rules.registry import family_of


@dataclass(frozen=True)
class Judges:
    """The checks and the policy of a monitor."""

    checks: tuple[Check, ...]
    policy: AdvicePolicy


@dataclass(frozen=True)
class Told:
    """What was told, and how many days after the first look; no advice where nothing ever alarmed."""

    answer: str
    advice: Advice | None
    days: int


def play(case: Case, judges: Judges, settle: int) -> Told:
    """The advice `settle` days after the first alarm; "none" where nothing alarms within the case's time."""
    looker = Looker(case.world, case.problems)
    for day in range(1, case.stays + 1):
        if _alarms(_look(looker, case, day, judges)[1]):
            windows, findings = _look(looker, case, day + settle, judges)
            advice = _advice(windows, findings, judges)
            return Told(_answer(advice), advice, day + settle)
    return Told(NONE, None, case.stays)


def _look(looker: Looker, case: Case, day: int, judges: Judges) -> tuple[Windows, tuple[Finding, ...]]:
    step = min(round((case.onset + day) * STEPS_A_DAY), case.world.steps)
    study = Reader(case.world, case.has_text, case.tokens, case.overlaps).study(step)
    windows = replace(looker.windows(step), study=study)
    measured = Measured(windows)
    return windows, tuple(worded(finding) for check in judges.checks for finding in check.run(measured))


def _alarms(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict.is_alarm]


def _advice(windows: Windows, findings: tuple[Finding, ...], judges: Judges) -> Advice:
    """Of the gravest family that alarms."""
    alarming = {family_of(finding.check) for finding in _alarms(findings)}
    family = next((each for each in Family if each in alarming), Family.QUALITY)
    own = [finding for finding in findings if family_of(finding.check) is family]
    return advised(advise(own, windows, judges.policy))


def _answer(advice: Advice) -> str:
    return ABSTAIN if advice.abstained else advice.action.value
