"""The timeline of the demo: what a dashboard shows, day by day, beside what it does not show."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from rich.text import Text

from alerts.messages.figures import percent
from alerts.messages.numbers import span
from checks.metrics.line import MetricLine
from monitor.cycle.cycle import CycleReport
from monitor.demo.bots import CLAIMS, SUPPORT, Bot, Prompt

GOOD: Final = 0.85  # as in the configuration of the demo
BAD: Final = 0.60
BAR: Final = 8  # characters
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"

DATE, ACCURACY, RECALL, PROMPT = 14, 16, 26, 5  # columns; a row fits into 80

HEADING: Final = "\n".join(
    (
        " " * DATE + "support-bot".ljust(ACCURACY + RECALL + PROMPT) + "claims-bot",
        " " * DATE + "accuracy".ljust(ACCURACY) + "recall of urgent (95%)".ljust(RECALL + PROMPT) + "accuracy",
    )
)


def row(at: datetime, reports: Mapping[str, CycleReport]) -> Text:
    """One day: the figures of the last seven days as known at `at`, for both bots."""
    support, claims = reports[SUPPORT.name], reports[CLAIMS.name]
    return Text.assemble(
        f"  {at:%a %d %b}".ljust(DATE),
        _accuracy(support),
        _recall(support),
        _prompt_at(SUPPORT, at).version.ljust(PROMPT),
        _accuracy(claims),
        _prompt_at(CLAIMS, at).version,
    )


def change(bot: Bot, prompt: Prompt) -> Text:
    """What the team of the bot did."""
    earlier = [other for other in bot.prompts if other.since < prompt.since and other.version == prompt.version]
    does = "is rolled back to" if earlier else "now answers with"
    return Text(f"  {prompt.since:%a %d %b} {prompt.since:%H:%M}  {bot.name} {does} prompt {prompt.version}", "cyan")


def changes(after: datetime, until: datetime, bots: tuple[Bot, ...]) -> list[tuple[Bot, Prompt]]:
    """The prompt changes in (after, until], in the order of time."""
    found = [(bot, prompt) for bot in bots for prompt in bot.prompts if after < prompt.since <= until]
    return sorted(found, key=lambda each: each[1].since)


def bar(value: float) -> str:
    """A share in [0, 1] as a bar of BAR characters, to an eighth of one.

    >>> bar(0.7)
    '█████▋  '
    """
    eighths = round(value * BAR * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()).ljust(BAR)


def _accuracy(report: CycleReport) -> Text:
    """The plain figure over labelled rows: what a dashboard shows."""
    value = _estimate(report, "accuracy").raw
    if value is None:
        return Text("no labels".ljust(ACCURACY), "dim")
    return Text(f"{bar(value)} {value:.1%}".ljust(ACCURACY), _style(value))


def _recall(report: CycleReport) -> Text:
    """The estimate over all messages, labelled or not, with its interval."""
    found = _estimate(report, "recall", "urgent")
    if found.value is None or found.low is None or found.high is None:
        return Text("not enough labels".ljust(RECALL), "dim")
    interval = f"({span(found.low, found.high, percent)})"
    return Text(f"{bar(found.value)} {percent(found.value):>4} {interval}".ljust(RECALL), _style(found.value))


def _style(value: float) -> str:
    return "green" if value >= GOOD else "yellow" if value >= BAD else "red"


def _estimate(report: CycleReport, metric: str, class_name: str = "") -> MetricLine:
    (found,) = (
        each for each in report.estimates if (each.metric, each.class_name, each.slice) == (metric, class_name, "all")
    )
    return found


def _prompt_at(bot: Bot, at: datetime) -> Prompt:
    return [prompt for prompt in bot.prompts if prompt.since <= at][-1]
