"""What becomes of an incident, cycle by cycle."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.lifecycle import advance
from alerts.policy import Policy
from checks.advice.deciding.model import Action, Advice
from checks.rules.family import Family
from checks.rules.finding import Finding, Verdict
from tests.support.incidents import T0, advice, clear, finding, fine

WARNING = Verdict.WARNING
NO_DATA = Verdict.NOT_ENOUGH_DATA


@dataclass
class Story:
    """Plays cycles an hour apart and remembers what a history would."""

    policy: Policy = field(default_factory=Policy)
    now: datetime = T0 - timedelta(hours=1)
    action: Action = Action.ROLLBACK_PROMPT
    incidents: dict[str, Incident] = field(default_factory=dict)
    steps: list[Transition] = field(default_factory=list)

    def cycle(self, *findings: Finding, after: timedelta = timedelta(hours=1)) -> Transition | None:
        """One more cycle; its last step."""
        self.now += after
        known = tuple(self.incidents.values())
        steps = advance(known, self._dated(findings), self._advice, self.now, self.policy, "support-bot")
        self.steps += steps
        self.incidents |= {step.incident.id: step.incident for step in steps}
        return steps[-1] if steps else None

    def reason(self, *findings: Finding, after: timedelta = timedelta(hours=1)) -> Reason | None:
        step = self.cycle(*findings, after=after)
        return step.reason if step else None

    @property
    def events(self) -> list[Event]:
        return [step.event for step in self.steps if step.event]

    @property
    def incident(self) -> Incident:
        return list(self.incidents.values())[-1]

    def told(self) -> Action:
        return self.incident.advice.action

    def _dated(self, findings: Sequence[Finding]) -> list[Finding]:
        return [replace(f, window_start=self.now - timedelta(days=7), window_end=self.now) for f in findings]

    def _advice(self, findings: tuple[Finding, ...]) -> Advice:
        assert any(f.verdict.is_alarm for f in findings), "advice is only asked for when something alarms"
        return advice(self.action)


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_healthy_cycle_takes_no_step(story: Story) -> None:
    assert story.cycle(clear(), fine("accuracy", "overall"), clear("latency", "p95")) is None


def test_a_quality_alarm_is_told_in_its_first_cycle(story: Story) -> None:
    step = story.cycle(finding(), clear("latency", "p95"))

    assert step is not None
    assert (step.event, step.reason, step.incident.state) == (Event.OPENED, Reason.ALARM_FIRED, State.FIRING)
    assert (step.incident.since, step.incident.opened_at) == (T0, T0)
    assert step.joined == step.incident.findings


def test_the_onset_is_the_start_of_the_earliest_window_that_alarmed(story: Story) -> None:
    two_days = replace(finding(), subject="fraud", slice="prompt_version=p7")
    steps = advance((), [finding(window_start=T0 - timedelta(days=1)), two_days], story._advice, T0, Policy(), "b")  # noqa: SLF001

    assert steps[0].incident.onset == T0 - timedelta(days=7)


def test_alarms_of_one_family_share_an_incident_and_other_families_have_their_own(story: Story) -> None:
    story.cycle(finding(), finding("accuracy_paradox", "overall"), finding("latency", "p95", value=2900.0))

    assert [i.family for i in story.incidents.values()] == [Family.QUALITY, Family.LATENCY]
    assert len(story.steps[0].incident.findings) == 2


def test_a_silent_log_is_told_once_the_silence_has_lasted(story: Story) -> None:
    silence, quarter = finding("traffic", "predictions"), timedelta(minutes=15)

    assert story.reason(silence) is Reason.ALARM_HELD_BACK
    assert story.incident.state is State.PENDING
    assert story.reason(silence, after=quarter) is Reason.ALARM_HELD_BACK
    assert story.reason(silence, after=quarter) is Reason.ALARM_FIRED
    assert story.incident.since == T0
    assert story.incident.opened_at == T0 + timedelta(minutes=30)


def test_cycles_rarer_than_the_hold_fire_on_the_second_one(story: Story) -> None:
    silence = finding("traffic", "predictions")

    assert story.reason(silence, after=timedelta(hours=6)) is Reason.ALARM_HELD_BACK
    assert story.reason(silence, after=timedelta(hours=6)) is Reason.ALARM_FIRED


def test_a_blip_is_dropped_and_nobody_is_told(story: Story) -> None:
    story.cycle(finding("traffic", "predictions"))

    assert story.reason(clear("traffic", "predictions")) is Reason.BLIP
    assert story.incident.state is State.RESOLVED
    assert story.events == []


def test_a_hold_starts_over_after_a_blip(story: Story) -> None:
    silence = finding("traffic", "predictions")
    story.cycle(silence)
    story.cycle(clear("traffic", "predictions"), after=timedelta(minutes=15))

    assert story.reason(silence, after=timedelta(minutes=15)) is Reason.ALARM_HELD_BACK
    assert len(story.incidents) == 2


def test_the_same_alarm_again_refreshes_the_numbers_and_tells_nobody(story: Story) -> None:
    story.cycle(finding())

    assert story.reason(finding(value=0.10)) is Reason.REFRESHED
    assert story.incident.findings[0].value == 0.10
    assert story.events == [Event.OPENED]


def test_an_alarm_of_another_check_joins_with_an_update_that_names_it(story: Story) -> None:
    story.cycle(finding())
    step = story.cycle(finding(), finding("accuracy_paradox", "overall"))

    assert step is not None
    assert (step.event, step.reason) == (Event.UPDATED, Reason.ALARM_JOINED)
    assert [f.check for f in step.joined] == ["accuracy_paradox"]
    assert story.reason(finding(), finding("accuracy_paradox", "overall")) is Reason.REFRESHED


def test_another_slice_of_a_known_subject_is_no_news(story: Story) -> None:
    story.cycle(finding())

    assert story.reason(finding(), finding(slice="prompt_version=p7")) is Reason.REFRESHED
    assert len(story.incident.findings) == 2


def test_an_alarm_that_went_quiet_and_came_back_is_no_news(story: Story) -> None:
    other = ("accuracy_paradox", "overall")
    story.cycle(finding(), finding(*other))
    story.cycle(finding(), fine(*other))

    assert story.reason(finding(), finding(*other)) is Reason.REFRESHED


def test_a_rise_in_severity_escalates_once_and_a_fall_keeps_the_worst(story: Story) -> None:
    story.cycle(finding(verdict=WARNING))

    assert story.reason(finding()) is Reason.SEVERITY_ROSE
    assert story.reason(finding(verdict=WARNING)) is Reason.REFRESHED
    assert story.incident.severity is Verdict.CRITICAL
    assert story.reason(finding()) is Reason.REFRESHED
    assert story.events == [Event.OPENED, Event.ESCALATED]


def test_people_who_were_told_to_wait_are_told_what_to_do_when_that_has_settled(story: Story) -> None:
    story.action = Action.COLLECT_LABELS
    story.cycle(finding())
    story.action = Action.REVISE_PROMPT

    assert story.reason(finding()) is Reason.REFRESHED
    assert story.told() is Action.COLLECT_LABELS
    assert story.reason(finding()) is Reason.ADVICE_CHANGED
    assert story.told() is Action.REVISE_PROMPT
    assert story.reason(finding()) is Reason.REFRESHED


def test_other_advice_that_comes_with_another_alarm_calls_people_as_well(story: Story) -> None:
    story.cycle(finding())
    joined = story.cycle(finding(), finding("class_recall", "billing"))
    assert joined is not None
    assert not joined.rings
    story.action = Action.REVISE_PROMPT
    joined = story.cycle(finding(), finding("class_recall", "billing"), finding("class_recall", "refund"))

    assert joined is not None
    assert joined.rings


def test_another_advice_needs_two_cycles_even_when_they_are_rare(story: Story) -> None:
    story.cycle(finding())
    story.action = Action.REVISE_PROMPT

    assert story.reason(finding(), after=timedelta(days=3)) is Reason.REFRESHED
    assert story.reason(finding(), after=timedelta(days=3)) is Reason.ADVICE_CHANGED


def test_an_action_that_people_may_have_begun_is_not_taken_back_within_two_days(story: Story) -> None:
    story.cycle(finding())
    story.action = Action.COLLECT_LABELS  # a new prompt took over, and has few labels yet

    assert story.reason(finding(), after=timedelta(days=1)) is Reason.REFRESHED
    assert story.reason(finding(), after=timedelta(days=1)) is Reason.REFRESHED
    assert story.told() is Action.ROLLBACK_PROMPT
    assert story.reason(finding(), after=timedelta(days=1)) is Reason.ADVICE_CHANGED


def test_an_advice_that_changes_every_cycle_is_never_told(story: Story) -> None:
    story.cycle(finding())
    for _ in range(10):
        for story.action in (Action.REVISE_PROMPT, Action.FINE_TUNE):
            assert story.reason(finding()) is Reason.REFRESHED


def test_an_event_for_another_reason_carries_the_newest_advice(story: Story) -> None:
    story.cycle(finding())
    story.action = Action.FINE_TUNE
    story.cycle(finding(), finding("accuracy", "overall"))

    assert story.told() is Action.FINE_TUNE
    assert story.reason(finding(), finding("accuracy", "overall")) is Reason.REFRESHED


def test_no_alarm_is_not_enough_to_recover(story: Story) -> None:
    story.cycle(finding())

    assert story.reason(fine()) is Reason.REFRESHED
    assert story.reason(clear(provisional=True)) is Reason.REFRESHED
    assert story.incident.state is State.FIRING


def test_all_its_findings_have_to_be_clear(story: Story) -> None:
    other = ("accuracy_paradox", "overall")
    story.cycle(finding(), finding(*other))

    assert story.reason(clear(), fine(*other)) is Reason.REFRESHED
    assert story.reason(clear(), clear(*other)) is Reason.CLEAR_BEGAN


def test_it_is_resolved_after_an_unbroken_clear_span(story: Story) -> None:
    story.cycle(finding())
    assert story.reason(clear()) is Reason.CLEAR_BEGAN
    for _ in range(23):
        assert story.reason(clear()) is Reason.REFRESHED

    assert story.reason(clear()) is Reason.STAYED_CLEAR
    assert story.incident.resolved_at == story.now
    assert story.events == [Event.OPENED, Event.RESOLVED]


def test_doubt_stops_the_recovery_clock(story: Story) -> None:
    story.cycle(finding())
    story.cycle(clear())
    for _ in range(20):
        story.cycle(clear())

    assert story.reason(fine()) is Reason.CLEAR_BROKEN
    assert story.incident.clear_since is None
    assert story.reason(clear()) is Reason.CLEAR_BEGAN
    for _ in range(23):
        assert story.reason(clear()) is Reason.REFRESHED
    assert story.reason(clear()) is Reason.STAYED_CLEAR


def test_a_gap_stops_the_recovery_clock(story: Story) -> None:
    story.cycle(finding())
    story.cycle(clear())

    assert story.reason(clear(verdict=NO_DATA)) is Reason.CLEAR_BROKEN


def test_an_alarm_while_recovering_fires_again_without_an_event(story: Story) -> None:
    story.cycle(finding())
    story.cycle(clear())

    assert story.reason(finding()) is Reason.ALARM_RESUMED
    assert (story.incident.state, story.incident.clear_since) == (State.FIRING, None)
    assert story.events == [Event.OPENED]


def test_a_new_alarm_while_recovering_is_told(story: Story) -> None:
    story.cycle(finding())
    story.cycle(clear())

    assert story.reason(clear(), finding(subject="fraud")) is Reason.ALARM_JOINED


def test_findings_without_data_keep_their_last_state_and_hold_the_incident_open(story: Story) -> None:
    story.cycle(finding())

    assert story.cycle(finding(verdict=NO_DATA, value=None)) is None
    assert story.cycle() is None
    assert story.incident.findings[0].verdict is Verdict.CRITICAL
    assert story.incident.state is State.FIRING


def test_an_incident_whose_checks_fell_silent_resolves_as_stale(story: Story) -> None:
    story.cycle(finding())

    assert story.reason(after=timedelta(days=13, hours=23)) is None
    assert story.reason() is Reason.WENT_STALE
    assert story.events == [Event.OPENED, Event.RESOLVED]


def test_a_class_that_is_gone_does_not_keep_the_others_from_recovering_for_ever(story: Story) -> None:
    story.cycle(finding(), finding(subject="gone"))

    assert story.reason(clear(), after=timedelta(days=13)) is Reason.REFRESHED
    assert story.reason(clear(), after=timedelta(days=1)) is Reason.CLEAR_BEGAN


def test_an_alarm_soon_after_it_was_resolved_reopens_the_same_incident(story: Story) -> None:
    story.cycle(finding())
    story.cycle(clear())
    story.cycle(clear(), after=timedelta(days=1))
    step = story.cycle(finding(), after=timedelta(days=7))

    assert step is not None
    assert (step.event, step.reason) == (Event.REOPENED, Reason.ALARM_RETURNED)
    assert len(story.incidents) == 1
    assert (story.incident.since, story.incident.resolved_at) == (T0, None)


def test_an_alarm_long_after_opens_another_incident(story: Story) -> None:
    story.cycle(finding())
    story.cycle(clear())
    story.cycle(clear(), after=timedelta(days=1))

    assert story.reason(finding(), after=timedelta(days=7, seconds=1)) is Reason.ALARM_FIRED
    assert len(story.incidents) == 2


def test_a_held_alarm_reopens_only_once_it_has_lasted(story: Story) -> None:
    silence, back = finding("traffic", "predictions"), clear("traffic", "predictions")
    for cycle in (silence, silence, back):
        story.cycle(cycle)
    story.cycle(back, after=timedelta(days=1))

    assert story.reason(silence) is Reason.ALARM_HELD_BACK
    assert story.reason(silence) is Reason.ALARM_RETURNED
    assert [step.reason for step in story.steps[-2:]] == [Reason.MERGED, Reason.ALARM_RETURNED]
    assert story.events == [Event.OPENED, Event.RESOLVED, Event.REOPENED]
    assert [i.state for i in story.incidents.values()] == [State.FIRING, State.RESOLVED]


def test_an_acknowledgement_lasts_until_the_incident_ends(story: Story) -> None:
    story.cycle(finding())
    story.incidents = {i.id: replace(i, acknowledged_by="ada") for i in story.incidents.values()}
    story.cycle(finding(), finding(subject="fraud"))
    assert story.incident.acknowledged_by == "ada"

    both = (clear(), clear(subject="fraud"))
    story.cycle(*both)
    story.cycle(*both, after=timedelta(days=1))
    assert story.incident.acknowledged_by == "ada"
    story.cycle(finding())
    assert story.incident.acknowledged_by is None


def test_incidents_of_other_monitors_are_left_alone() -> None:
    other = Story()
    other.cycle(finding())
    steps = advance(tuple(other.incidents.values()), [], other._advice, T0, Policy(), "another-bot")  # noqa: SLF001

    assert steps == ()


def test_a_check_without_a_row_is_an_error_that_says_what_to_do(story: Story) -> None:
    with pytest.raises(ValueError, match="'mood' has no row; add it to"):
        story.cycle(finding("mood", "overall"))
