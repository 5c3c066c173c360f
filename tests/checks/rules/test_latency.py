"""The latency check."""

from alerts.messages.wording import worded
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.latency import Latency
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import Spell, answers, history

OUTCOMES = answers()


def judge(*spells: Spell, p95_ms: float | None = None) -> dict[str, Finding]:
    limits = () if p95_ms is None else (("p95", p95_ms),)
    check = Latency(limits, max_ratio=1.3, budget=AlarmBudget(0.2))
    return {finding.subject: finding for finding in map(worded, check.run(Measured(history(*spells))))}


def days(n: int, ms: float) -> Spell:
    return Spell(n, OUTCOMES, ms=ms)


def test_a_steady_bot_is_ok_at_every_quantile() -> None:
    findings = judge(days(40, 500))
    assert findings.keys() == {"p50", "p95", "p99"}
    assert {finding.verdict for finding in findings.values()} == {Verdict.OK}
    assert all(finding.clear for finding in findings.values())


def test_answers_twice_as_slow_are_a_warning_against_the_reference() -> None:
    finding = judge(days(30, 500), days(7, 1000))["p95"]
    assert (finding.verdict, finding.cause) == (Verdict.WARNING, Cause.ABOVE_REFERENCE)
    assert finding.value is not None
    assert finding.reference is not None
    assert 1.9 < finding.value / finding.reference < 2.1
    assert "ms in the reference: 2.0" in finding.message  # times that, with its interval


def test_answers_a_fifth_slower_are_within_the_ratio() -> None:
    assert judge(days(30, 500), days(7, 600))["p95"].verdict is Verdict.OK


def test_a_limit_in_milliseconds_is_critical_without_any_reference() -> None:
    finding = judge(days(5, 1500), p95_ms=2000)["p95"]
    assert (finding.verdict, finding.cause, finding.threshold) == (Verdict.CRITICAL, Cause.ABOVE_LIMIT, 2000)


def test_a_log_without_latency_says_so() -> None:
    (finding,) = judge(Spell(40, OUTCOMES)).values()
    assert (finding.verdict, finding.cause) == (Verdict.NOT_ENOUGH_DATA, Cause.NOT_LOGGED)


def test_without_a_limit_or_a_reference_there_is_nothing_to_judge_by() -> None:
    assert judge(days(5, 500))["p95"].verdict is Verdict.NOT_ENOUGH_DATA


def test_slow_days_that_are_over_no_longer_alarm() -> None:
    assert judge(days(30, 500), days(4, 1500), days(3, 500))["p95"].verdict is Verdict.OK
