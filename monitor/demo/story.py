"""The words around the timeline: what is about to happen, what happened, and what to do next."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from alerts.incident import Event, Family, Transition
from alerts.messages.words import recommendation
from monitor.demo.bots import CLAIMS, DAYS, END, SUPPORT, SUPPORT_TRUTH


def opening() -> Text:
    """Before the timeline."""
    return Text.assemble(
        (f"\n{DAYS} days of two chatbots\n\n", "bold"),
        ("  support-bot", "bold"),
        f"  sorts the messages of an energy supplier, {SUPPORT.per_day} a day; 2% are urgent (gas, fire, no heating)\n",
        ("  claims-bot ", "bold"),
        f"  sorts the claims of an insurer, {CLAIMS.per_day} a day\n\n",
        "Six messages in ten are ever labelled, the median of them 18 hours late. The real cycle runs on a simulated\n",
        "clock, every 6 hours from the third week on; at each look only the labels that had come by then are known.\n",
        "Figures are of the last 7 days. Alerts are printed as the console channel writes them.\n",
    )


def outcome(steps: Sequence[Transition]) -> Text:
    """After the timeline: what came of each bot."""
    return Text.assemble(
        ("What came of it\n\n", "bold"),
        ("  support-bot  ", "bold"),
        *_support([step for step in steps if step.incident.monitor == SUPPORT.name]),
        ("  claims-bot   ", "bold"),
        *_claims([step for step in steps if step.incident.monitor == CLAIMS.name]),
    )


def _support(steps: Sequence[Transition]) -> list[str]:
    onset = SUPPORT_TRUTH.onset
    told = [step for step in steps if step.incident.family is Family.QUALITY and step.event is Event.OPENED]
    if not told or onset is None:
        return ["nothing was noticed\n"]
    hours = (told[0].at - onset).total_seconds() / 3600
    return [
        f"From {onset:%d %B %H:%M} on, prompt p4 sends most urgent messages to the wrong queue at 98% accuracy.\n",
        f"               It was noticed {hours:.0f} hours later, from labels that come 18 hours late.\n",
        f"               Advice: {recommendation(steps[-1].incident.advice)}.\n",
    ]


def _claims(steps: Sequence[Transition]) -> list[str]:
    if not steps:
        return ["nothing was noticed\n"]
    advised = list(dict.fromkeys(recommendation(step.incident.advice) for step in steps))
    return [
        "Four new prompts, and accuracy stays where it was, far from the target of 85%.\n",
        f"               Advice: {', then: '.join(advised)}.\n",
    ]


def next_steps(folder: Path) -> Table:
    """Commands to go on with, on what the demo left behind."""
    table = Table(box=None, show_header=False, padding=(0, 3, 0, 2), pad_edge=False, title_justify="left")
    config = folder / "tunewatch.yaml"
    for command, meaning in (
        (
            f"tunewatch once -c {config} --as-of {END:%Y-%m-%d}",
            "look once more: every class, every finding, the advice",
        ),
        (f"tunewatch history -c {config}", "the incidents, from the history"),
        (f"tunewatch run -c {config}", "the daemon (it will say that both logs have gone silent)"),
        ("tunewatch init 'path/to/your/log*.parquet'", "a configuration for your own chatbot"),
    ):
        table.add_row(Text(command, "cyan"), Text(meaning))
    return table
