"""What a person reads, and what a program reads."""

import json
from dataclasses import replace

import pytest

from alerts.incident import Event, Reason, State, Transition
from alerts.messages.advising import certainty, recommendation
from alerts.messages.commands import next_commands
from alerts.messages.event_json import event_json
from alerts.messages.first_line import MAX_LINE
from alerts.messages.message import reply_message, root_message
from alerts.messages.slack import render_slack
from alerts.messages.text import render_text
from alerts.messages.words import problem
from checks.advice.deciding.model import Action, Advice, Change, Contribution
from checks.outcome.judge import Result, Worked
from checks.rules.family import Family
from checks.rules.finding import LOOK, Cause, Finding, PerDay, Verdict
from tests.support.incidents import T0, advice, clear, finding, fine, incident, opened, step


def bare(check: str, subject: str, **changes: object) -> Finding:
    """A finding whose check gives no interval and no reference."""
    return replace(finding(check, subject), low=None, high=None, reference=None, **changes)  # type: ignore[arg-type]


def test_the_console_tells_what_matters_in_three_lines_and_the_rest_below() -> None:
    said = "recall of urgent is 12%, while accuracy is 98%"
    paradox = finding("accuracy_paradox", "urgent", cause=Cause.PARADOX, message=said)

    assert render_text(root_message(opened(finding(), paradox))) == (
        "🔴 CRITICAL support-bot: accuracy paradox: recall of urgent 12%, floor 80%"
        " → roll the prompt back to the version before\n"
        "recall of urgent is 12% (4–31%, n=61) over the last 7 d, floor 80%, was 94% in the reference;"
        " the incident began 2026-03-29 06:00 UTC\n"
        "→ Roll the prompt back to the version before (likely, score 2.9; next, at 1.2: revise the prompt)\n"
        "    1. recall of urgent fell from 94% (n=212) to 12% (n=61) when prompt p7 took over\n"
        "    2. model m3 stayed the same\n"
        "  + 🔴 CRITICAL: accuracy paradox: over the last 7 d, recall of urgent is 12%, while accuracy is 98%\n"
        "  · firing as of 2026-03-29 06:00 UTC\n"
        "  · window 2026-03-22 06:00 to 2026-03-29 06:00 UTC\n"
        "  · incident quality-2279cd800b\n"
        "  $ tunewatch explain quality-2279cd800b\n"
        "  $ tunewatch decide quality-2279cd800b --accept\n"
        "  $ tunewatch export brief quality-2279cd800b"
    )


def test_a_resolved_incident_says_from_when_to_when_and_gives_no_advice() -> None:
    over = step(
        Event.RESOLVED,
        Reason.STAYED_CLEAR,
        state=State.RESOLVED,
        findings=(clear(),),
        resolved_at=opened().at.replace(day=31),
    )
    first, second, *_ = render_text(reply_message(over)).splitlines()

    assert first.startswith("🟢 RESOLVED support-bot: every finding stayed clear: recall of urgent is 95%")
    assert first.endswith("; the incident lasted from 2026-03-29 06:00 UTC to 2026-03-31 06:00 UTC")
    assert second == "→ Nothing left to do"


def test_what_came_of_an_advice_is_one_sentence_with_its_incident() -> None:
    told = Result(Worked.NO_EFFECT, "After revise_prompt, accuracy went from 75% to 75%; the goal was 85%.")
    verified = replace(step(Event.VERIFIED, Reason.ACTION_VERIFIED), outcome=told)
    first, *_ = render_text(reply_message(verified)).splitlines()

    assert first.endswith("the goal was 85%; the incident began 2026-03-29 06:00 UTC")


def test_an_incident_closed_for_want_of_data_does_not_claim_that_all_is_well() -> None:
    stale = step(Event.RESOLVED, Reason.WENT_STALE, state=State.RESOLVED)
    text = render_text(reply_message(stale))

    assert "closed without proof" in text
    assert "→ Find out why its checks have no data" in text


def test_an_incident_without_a_number_still_has_a_headline() -> None:
    found = bare("traffic", "predictions", value=None, message="no predictions at all")
    silent = opened(found, advice=advice(Action.CHECK_TRAFFIC))

    assert root_message(silent).headline == (
        "🔴 CRITICAL support-bot: traffic → look at the log and the last deployment"
    )
    assert root_message(silent).problem == "traffic: no predictions at all"


def test_a_headline_says_what_stopped_and_not_just_a_ratio() -> None:
    silent = opened(bare("traffic", "predictions", value=0.0, message="no predictions at all in the last 6 h"))

    assert root_message(silent).headline.startswith("🔴 CRITICAL support-bot: no predictions at all in the last 6 h →")


CHANGE = Change("prompt", "p6", "m3", "p7", "m3", T0)
HURT = finding(per_day=PerDay(13.8, 9.2, 20.4))


@pytest.mark.parametrize(
    ("found", "told", "line"),
    [
        (
            HURT,
            advice(change=CHANGE),
            (
                "recall of urgent 12% since prompt p7: about 14 urgent messages a day go to the wrong class"
                " → roll the prompt back to p6"
            ),
        ),
        (
            finding("class_precision", "spam", value=0.4, per_day=PerDay(612.0, 580.0, 640.0)),
            advice(Action.REVISE_PROMPT),
            "precision of spam 40%, floor 80%: about 610 messages a day are wrongly taken for spam → revise the prompt",
        ),
        # by the week where it is rare
        (
            finding(per_day=PerDay(0.6, 0.3, 1.1)),
            advice(Action.REVISE_PROMPT),
            "recall of urgent 12%, floor 80%: about 4 urgent messages a week go to the wrong class → revise the prompt",
        ),
        (
            finding(
                "latency", "p95", cause=Cause.ABOVE_LIMIT, value=2900.0, threshold=2000.0, per_day=PerDay(98, 80, 120)
            ),
            advice(Action.ROLLBACK_MODEL, change=Change("model", "p7", "m2", "p7", "m3", T0)),
            (
                "latency p95 2,900 ms since model m3: about 98 answers a day take longer than 2,000 ms"
                " → roll the model back to m2"
            ),
        ),
        # what does not fit gets brief, or is left out whole: the limit first, then who is hurt
        (
            finding("class_recall", "delivery", per_day=PerDay(13.8, 9.2, 20.4), slice="lang=es"),
            advice(change=CHANGE),
            (
                "recall of delivery [lang=es] 12% since prompt p7: about 14 delivery messages a day are missed"
                " → roll the prompt back to p6"
            ),
        ),
        (
            finding("class_recall", "urgent-delivery-complaint", per_day=PerDay(13.8, 9.2, 20.4)),
            advice(change=CHANGE),
            ("recall of urgent-delivery-complaint 12%, floor 80%, since prompt p7 → roll the prompt back to p6"),
        ),
        # long names are clipped in the middle
        (
            finding("class_recall", "c" * 50 + "-eu"),
            advice(change=Change("prompt", "p" * 40 + "-v6", "", "p" * 40 + "-v7", "", T0)),
            (
                "recall of ccccccccccccccccccc…ccccccccccccccccc-eu 12% → roll the prompt back to"
                " ppppppppppppppppppp…ppppppppppppppppp-v6"
            ),
        ),
        (
            finding(),
            advice(Action.NONE, abstained=True),
            "recall of urgent 12%, floor 80% → find out first what did it",
        ),
    ],
)
def test_the_first_line_says_what_broke_since_when_who_is_hurt_and_what_to_do(
    found: Finding, told: Advice, line: str
) -> None:
    assert root_message(opened(found, advice=told)).headline == f"🔴 CRITICAL support-bot: {line}"


def test_a_first_line_fits_with_the_longest_names_that_there_are() -> None:
    """Slack would cut it within the version."""
    change = Change("prompt", "p" * 40 + "-v6", "", "p" * 40 + "-v7", "", T0)
    told = opened(finding("class_recall", "c" * 50 + "-eu"), advice=advice(change=change), monitor="b" * 64)
    line = root_message(told).headline

    assert len(line) <= MAX_LINE
    assert line.endswith("cc-eu → roll the prompt back")


def test_a_release_is_rolled_back_before_its_two_parts_are_told_apart() -> None:
    change = Change("release", "p6", "m2", "p7", "m3", T0)
    told = advice(Action.ROLLBACK_RELEASE, change=change, experiment="Run prompt p7 on model m2 for 54 messages.")
    message = root_message(opened(HURT, advice=told))

    assert message.headline == (
        "🔴 CRITICAL support-bot: recall of urgent 12% since prompt p7 on model m3: about 14 urgent messages a day go"
        " to the wrong class → roll the release back"
    )
    assert message.action == (
        "Roll the release back to prompt p6 on model m2, then tell the two apart. Run prompt p7 on model m2 for 54"
        " messages."
    )


def test_who_is_hurt_stands_with_its_interval_below_the_first_line() -> None:
    message = root_message(opened(HURT))

    assert message.hurt == "About 14 (9–20) urgent messages a day go to the wrong class"
    assert message.hurt in render_text(message).splitlines()
    assert f"*Who is hurt:* {message.hurt}" in render_slack(message).blocks[1]["text"]["text"]


def test_nobody_is_said_to_be_hurt_by_what_is_over_or_without_a_number_that_carries() -> None:
    assert not root_message(opened(finding())).hurt
    assert not root_message(opened(replace(HURT, verdict=Verdict.OK))).hurt


@pytest.mark.parametrize("reason", [Reason.WENT_STALE, Reason.SOMEBODY_RESOLVED])
def test_nobody_is_said_to_be_hurt_by_what_alarmed_to_the_end_and_is_over(reason: Reason) -> None:
    over = step(Event.RESOLVED, reason, state=State.RESOLVED, findings=(HURT,), resolved_at=T0)

    assert "a day" not in render_text(root_message(over)) + render_text(reply_message(over))


@pytest.mark.parametrize(
    ("told", "sure"),
    [
        (advice(runner_up=None), "likely, score 2.9; no other action speaks for itself"),
        (advice(score=4.0), "sure, score 4.0; next, at 1.2: revise the prompt"),
        # a score that is high, and another close behind it
        (
            advice(score=4.0, contributions=(Contribution(Action.REVISE_PROMPT, "errors", 3.0),)),
            "likely, score 4.0; next, at 3.0: revise the prompt",
        ),
        (advice(Action.NONE, abstained=True), "open"),
        # counted, not weighed; and nothing to be sure of
        (advice(Action.FIX_LOG, score=0.0), "sure"),
        (advice(Action.NONE, score=0.0), ""),
    ],
)
def test_how_sure_an_advice_is_is_a_word_with_the_scores_behind_it(told: Advice, sure: str) -> None:
    assert certainty(told) == sure


@pytest.mark.parametrize(
    ("action", "worst", "words"),
    [
        (
            Action.CHECK_TRAFFIC,
            finding("traffic", "predictions", cause=Cause.SILENT),
            "Look at the log and the last deployment: is the bot up, and does its log arrive?",
        ),
        (
            Action.CHECK_TRAFFIC,
            finding("traffic", "predictions", cause=Cause.ABOVE_REFERENCE),
            "Look at the log: who sends so much, and is it meant?",
        ),
        (
            Action.COLLECT_LABELS,
            finding("label_health", "silence", cause=Cause.SILENT),
            "Get the labels to arrive again; until then a fall in quality stays unseen",
        ),
        (Action.COLLECT_LABELS, finding(), "Collect more labels before anything else"),
        # one check crashed, or the whole look did
        (
            Action.REPORT_FAULT,
            finding("latency", "p95", cause=Cause.CRASHED),
            "Report the fault of tunewatch, with its log; the other checks go on",
        ),
        (
            Action.REPORT_FAULT,
            finding(LOOK, "log", cause=Cause.CRASHED),
            "Report the fault of tunewatch, with its log: nothing is watched until it is mended",
        ),
    ],
)
def test_an_action_speaks_for_the_alarm_that_it_is_about(action: Action, worst: Finding, words: str) -> None:
    assert recommendation(advice(action), (worst,)) == words


@pytest.mark.parametrize(
    ("changes", "commands"),
    [
        ({}, ("explain ID", "decide ID --accept", "export brief ID")),
        # nobody was told yet: it may pass by itself, and every act would be refused
        ({"state": State.PENDING, "opened_at": None}, ("explain ID",)),
        ({"advice": advice(Action.NONE, abstained=True)}, ("explain ID", "ack ID", "export brief ID")),
        ({"advice": advice(Action.NONE), "acknowledged_by": "ada"}, ("explain ID",)),
        (
            {"advice": advice(Action.FINE_TUNE)},
            ("explain ID", "decide ID --accept", "export finetune support-bot --format openai"),
        ),
        ({"advice": advice(Action.FIX_LABELS)}, ("explain ID", "decide ID --accept", "export label-audit ID")),
        ({"state": State.RESOLVED}, ("explain ID", "false-alarm ID")),
        ({"state": State.RESOLVED, "false_alarm_by": "ada"}, ("explain ID",)),
        # where tunewatch is blind there is no card to explain
        (
            {"family": Family.RETIREMENT, "advice": advice(Action.REPLACE_MODEL)},
            ("explain ID", "decide ID --accept", "try sample ID"),
        ),
        ({"family": Family.WATCH, "advice": advice(Action.FIX_LOG)}, ("validate", "ack ID")),
        ({"family": Family.WATCH, "advice": advice(Action.FIX_ALERTING)}, ("test-alert", "ack ID")),
        ({"family": Family.WATCH, "state": State.RESOLVED}, ("history --incident ID",)),
    ],
)
def test_the_commands_are_those_to_run_next(changes: dict[str, object], commands: tuple[str, ...]) -> None:
    it = incident(**changes)

    assert next_commands(it) == tuple(f"tunewatch {each.replace('ID', it.id)}" for each in commands)


def test_an_alarm_that_joins_with_other_advice_says_both() -> None:
    paradox = finding("accuracy_paradox", "urgent", cause=Cause.PARADOX)
    joined = Transition(incident(finding(), paradox), Event.UPDATED, opened().at, Reason.ALARM_JOINED, (paradox,))

    assert reply_message(joined).news == "another alarm"
    assert reply_message(replace(joined, advises_anew=True)).news == "another alarm, and other advice"


def test_an_acknowledgement_names_the_person() -> None:
    seen = step(Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED, acknowledged_by="ada")

    assert "acknowledged by ada: recall of urgent" in render_text(reply_message(seen))


def test_an_abstention_names_the_experiment() -> None:
    unsure = advice(Action.NONE, abstained=True, experiment="send 10% of the traffic to the old prompt")

    assert recommendation(unsure) == (
        "The evidence does not settle what to do. Find out: send 10% of the traffic to the old prompt"
    )


@pytest.mark.parametrize("action", Action)
def test_every_action_has_plain_words(action: Action) -> None:
    assert recommendation(advice(action))[0].isupper()


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        # a share, with everything
        (finding(), "recall of urgent is 12% (4–31%, n=61) over the last 7 d, floor 80%, was 94% in the reference"),
        # against the reference: the limit is what the reference allows
        (
            finding("accuracy", "all", cause=Cause.BELOW_REFERENCE, threshold=0.91),
            "accuracy is 12% (4–31%, n=61) over the last 7 d, at least 91% expected, was 94% in the reference",
        ),
        # milliseconds
        (
            finding(
                "latency",
                "p95",
                cause=Cause.ABOVE_LIMIT,
                value=2900.4,
                low=2700.0,
                high=3100.0,
                threshold=2000.0,
                reference=1100.0,
                n=15300,
            ),
            (
                "latency p95 is 2,900 ms (2,700–3,100 ms, n=15,300 answers) over the last 7 d, limit 2,000 ms,"
                " was 1,100 ms in the reference"
            ),
        ),
        # hours, without an interval
        (
            bare("label_health", "silence", cause=Cause.SILENT, value=90.0, threshold=72.0, message=""),
            "time without a new label is 3.8 d (n=61), limit 3.0 d",
        ),
        # a ratio
        (
            bare("traffic", "predictions", cause=Cause.SILENT, value=0.0, threshold=0.25, n=0, message=""),
            "traffic is 0 times, limit 0.25 times",
        ),
        # a check that says more than its numbers
        (
            finding("traffic", "predictions", message="no predictions at all in the last 6 h, less than the usual 140"),
            "no predictions at all in the last 6 h, less than the usual 140",
        ),
        # a slice, and doubt
        (
            fine(slice="prompt_version=p7", provisional=True, threshold=None, reference=None),
            "recall of urgent [prompt_version=p7] is 83% (70–95%, n=61) over the last 7 d (provisional)",
        ),
        # no number: the check's own words
        (finding(value=None, message="no labels yet"), "recall of urgent: no labels yet"),
        # a check that nobody here knows the unit of
        (
            finding("drift", "text", cause=Cause.ABOVE_LIMIT, threshold=0.1, message=""),
            "drift of text is 12% (4–31%, n=61 messages), limit 10%, was 94% in the reference",
        ),
    ],
)
def test_a_finding_is_one_sentence_in_the_unit_of_its_check(found: Finding, sentence: str) -> None:
    assert problem(found) == sentence


def test_the_event_line_has_the_fields_of_the_contract() -> None:
    line = json.loads(json.dumps(event_json(opened())))

    assert {key: line[key] for key in ("at", "monitor", "incident", "event", "severity")} == {
        "at": "2026-03-29T06:00:00Z",
        "monitor": "support-bot",
        "incident": "quality-2279cd800b",
        "event": "opened",
        "severity": "critical",
    }
    found = line["findings"][0]
    assert {key: found[key] for key in ("check", "subject", "value", "low", "high", "threshold", "reference")} == {
        "check": "class_recall",
        "subject": "urgent",
        "value": 0.12,
        "low": 0.04,
        "high": 0.31,
        "threshold": 0.8,
        "reference": 0.94,
    }
    assert (found["n"], found["verdict"]) == (61, "critical")
    told = line["advice"]
    assert (told["action"], told["score"], told["runner_up"]) == ("rollback_prompt", 2.9, "revise_prompt")
    assert len(told["reasons"]) == 2
    assert told["change"] is None
    assert found["per_day"] is None


def test_the_event_line_has_the_change_and_who_is_hurt_as_numbers() -> None:
    line = event_json(opened(HURT, advice=advice(change=replace(CHANGE, older_model=""))))

    assert line["findings"][0]["per_day"] == {"value": 13.8, "low": 9.2, "high": 20.4}
    assert line["advice"]["change"] == {
        "kind": "prompt",
        "at": "2026-03-29T06:00:00Z",
        "older_prompt": "p6",
        "older_model": None,
        "newer_prompt": "p7",
        "newer_model": "m3",
    }


def test_a_step_that_nobody_is_told_of_has_no_event_line() -> None:
    with pytest.raises(ValueError, match="has no event line"):
        event_json(step(None, Reason.REFRESHED))


def test_a_severity_is_a_word_and_not_only_a_colour() -> None:
    warning = opened(finding(verdict=Verdict.WARNING))

    assert root_message(warning).headline.startswith("🟠 WARNING support-bot")
