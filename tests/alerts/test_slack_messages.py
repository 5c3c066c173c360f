"""Block Kit payloads: within Slack's limits, and inert whatever the data says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.acts import Act, ActKind
from alerts.incident import Event, Reason, Transition
from alerts.messages.message import reply_message, root_message
from alerts.messages.mrkdwn import clip, escape
from alerts.messages.slack import render_slack
from tests.support.incidents import T0, advice, finding, incident, opened, step
from tests.support.slack_rules import block_texts, pings, refusal

NASTY = [
    "<!channel>",
    "<!everyone|hi>",
    "<@U012ABC>",
    "<#C012ABC>",
    "<https://evil.example|your bank>",
    "&lt;!here&gt;",
    "```",
    "*bold*",
    "_it_",
    "~gone~",
    "a\n> quote",
    "\u202eeman",
    "x" * 5000,
    "&" * 4000,
    "",
]


def nasty_step(text: str, others: int = 0) -> Transition:
    found = [replace(finding(subject=text, slice=text), message=text)]
    found += [finding(subject=f"{text}{number}") for number in range(others)]
    told = advice(reasons=(text,) * 9, experiment=text, abstained=True)
    return opened(*found, monitor=text, advice=told, acknowledged_by=text)


def bodies(step: Transition) -> list[dict[str, object]]:
    rendered = [render_slack(root_message(step)), render_slack(reply_message(replace(step, event=Event.UPDATED)))]
    return [{"text": r.text, "blocks": list(r.blocks)} for r in rendered]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("others", [0, 300])
def test_whatever_the_data_says_slack_takes_it_and_nobody_is_pinged(text: str, others: int) -> None:
    for body in bodies(nasty_step(text, others)):
        assert refusal(body) is None
        assert pings(body) == []


@given(st.text(max_size=200))
def test_no_text_makes_a_payload_that_slack_refuses_or_that_pings(text: str) -> None:
    for body in bodies(nasty_step(text, others=3)):
        assert refusal(body) is None
        assert pings(body) == []


@given(st.text())
def test_escaped_text_has_no_control_character_of_slack(text: str) -> None:
    escaped = escape(text)
    bare = escaped.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")

    assert not set(bare) & set("<>&*~`\n\r\x1b")


def test_names_with_underscores_stay_as_they_are() -> None:
    assert escape("card_payment_failed") == "card_payment_failed"


@given(st.text(alphabet="a&<>", max_size=40), st.integers(1, 30))
def test_clipping_never_cuts_an_entity(text: str, limit: int) -> None:
    clipped = clip(escape(text), limit)

    assert len(clipped) <= limit
    assert "&" not in clipped.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


def test_the_lock_screen_shows_what_is_wrong_and_what_to_do() -> None:
    assert render_slack(root_message(opened(finding(reference=None)))).text.splitlines() == [
        ("🔴 CRITICAL support-bot: recall of urgent 12%, floor 80% → roll the prompt back to the version before"),
        "recall of urgent is 12% (4–31%, n=61) over the last 7 d, floor 80%; the incident began 2026-03-29 06:00 UTC",
    ]


def test_the_markup_of_ours_is_kept() -> None:
    texts = "\n".join(block_texts(list(render_slack(root_message(opened())).blocks)))

    assert "*Do:* Roll the prompt back" in texts
    assert "```tunewatch explain quality-2279cd800b\ntunewatch decide quality-2279cd800b --accept\n" in texts


def test_a_hundred_findings_leave_room_for_the_command() -> None:
    many = [finding(subject=f"class {number} {'long ' * 200}") for number in range(100)]
    texts = block_texts(list(render_slack(root_message(opened(*many))).blocks))

    assert any("tunewatch explain" in text for text in texts)


def test_a_joined_finding_leads_the_reply() -> None:
    new = finding("accuracy_paradox", "urgent", message="recall of urgent is 12%, while accuracy is 98%")
    step = Transition(incident(finding(), new), Event.UPDATED, opened().at, Reason.ALARM_JOINED, (new,))
    texts = block_texts(list(render_slack(reply_message(step)).blocks))

    assert texts[0] == "🔴 CRITICAL support-bot: another alarm"
    assert "over the last 7 d, recall of urgent is 12%, while accuracy is 98%" in texts[1]


def test_what_is_too_long_for_a_header_is_read_whole_below_it() -> None:
    note = "the prompt of the new release was rolled out by mistake, " * 8 + "and goes back at noon"
    act = Act(ActKind.ACKNOWLEDGE, "ada (Slack U0123ABCD)", T0, "1", T0, note)
    told = step(Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED, acknowledged_by="ada")
    header, below, *_ = render_slack(reply_message(replace(told, act=act))).blocks

    assert header["text"]["text"].endswith("…")
    assert below["text"]["text"].endswith("and goes back at noon")
