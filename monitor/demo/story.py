"""The words around the timeline: what is about to happen, what happened, and what to do next."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from alerts.incident import Event, State, Transition
from alerts.messages.advising import recommendation
from alerts.messages.figures import percent
from checks.rules.family import Family
from monitor.demo.bots import CLAIMS, DAYS, END, SUPPORT, SUPPORT_TRUTH
from monitor.demo.questions import AtWorst


def opening(every: timedelta) -> Text:
    """Before the timeline."""
    hours = every / timedelta(hours=1)
    return Text.assemble(
        (f"\n{DAYS} days of two chatbots\n\n", "bold"),
        ("  support-bot", "bold"),
        f"  sorts messages to an energy supplier, {SUPPORT.per_day} a day, 2% of them urgent\n",
        ("  claims-bot ", "bold"),
        f"  sorts claims to an insurer, {CLAIMS.per_day} a day\n\n",
        "Six messages in ten are ever labelled, the median of them 18 hours late. The real cycle runs on a simulated ",
        f"clock, every {hours:.0f} hours from the third week on, and knows only the labels that had come by then. ",
        "Figures are of the last 7 days; accuracy is the plain figure of a dashboard. Alerts are as the console ",
        "channel writes them.\n",
    )


def outcome(steps: Sequence[Transition], worst: AtWorst | None) -> Iterator[RenderableType]:
    """After the timeline: what came of each bot. `worst` is the week in which the support bot was worst."""
    yield Text("What came of it\n", "bold")
    told = [[step for step in steps if step.incident.monitor == bot.name] for bot in (SUPPORT, CLAIMS)]
    for bot, sentences in ((SUPPORT, _support(told[0], worst)), (CLAIMS, _claims(told[1]))):
        yield Text(f"  {bot.name}", "bold")
        yield Padding(Text(sentences), (0, 0, 1, 4))


def _support(steps: Sequence[Transition], worst: AtWorst | None) -> str:
    onset = SUPPORT_TRUTH.onset
    opened = [step.at for step in steps if step.incident.family is Family.QUALITY and step.event is Event.OPENED]
    if not opened or onset is None:
        return "Nothing was noticed."
    hours = (opened[0] - onset).total_seconds() / 3600
    paradox = ""
    if worst is not None:
        figures = f"{percent(worst.accuracy)} accuracy and {percent(worst.recall)} recall of urgent"
        paradox = f" The week to {worst.day} shows {figures}: the accuracy paradox."
    return (
        f"From {onset:%d %B %H:%M} on, prompt p4 sends most urgent messages to the wrong queue.{paradox} Only 2% of "
        f"the messages are urgent, so accuracy hardly feels their loss. It was noticed after {hours:.0f} hours, from "
        f"labels that come 18 hours late. {_advice(steps)} {_verdict(steps)}"
    )


def _verdict(steps: Sequence[Transition]) -> str:
    """What the rollback was judged to have brought."""
    told = next((step.outcome for step in steps if step.outcome is not None), None)
    return (
        ""
        if told is None
        else f"The team did so on {SUPPORT_TRUTH.mended:%d %B at %H:%M}, and was told: {told.sentence}"
    )


def _claims(steps: Sequence[Transition]) -> str:
    if not steps:
        return "Nothing was noticed."
    return f"Four new prompts, and accuracy stays where it was, far from the target of 85%. {_advice(steps)}"


def _advice(steps: Sequence[Transition]) -> str:
    """What was advised at first and at last."""
    firing = [step for step in steps if step.incident.state is State.FIRING] or steps
    first, last = (recommendation(firing[index].incident.advice) for index in (0, -1))
    return f"Advice: {first}." if first == last else f"Advice at first: {first}. At last: {last}."


def next_steps(folder: Path, program: str) -> Text:
    """Commands to go on with, on what the demo left behind."""
    config = folder / "tunewatch.yaml"
    steps = (
        (f"once -c {config} --as-of {END:%Y-%m-%d}", "look once more: every class, every finding, the advice"),
        (f"history -c {config}", "the incidents, as the history keeps them"),
        ("init 'path/to/your/predictions*.parquet'", "write a configuration for your own chatbot"),
        ("run", "and start the daemon on it"),
    )
    lines = (part for command, meaning in steps for part in (f"  {meaning}\n", (f"    {program} {command}\n", "cyan")))
    return Text.assemble(*lines)
