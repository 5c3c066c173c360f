"""A validation as a person reads it."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from alerts.messages.figures import percent
from alerts.messages.numbers import hours, when
from monitor.common.terminal import printable
from monitor.log.reading.surveying import Survey
from monitor.onboarding.validate.report import Ability, Validation

MOST_CLASSES: Final = 30
MOST_VERSIONS: Final = 12
SECONDS_IN_HOUR: Final = 3600
STYLES: Final = {Ability.FULL: "green", Ability.PARTLY: "yellow", Ability.WAITING: "cyan", Ability.OFF: "dim"}


def validation_parts(validation: Validation) -> Iterator[RenderableType]:
    """The parts of one monitor's validation, from what was found to what looks wrong."""
    yield Text.assemble((printable(validation.monitor), "bold"), f"  as of {when(validation.as_of)}")
    for part in _details(validation):
        yield Padding(part, (0, 0, 0, 2), expand=False)
    yield Text()


def _details(validation: Validation) -> Iterator[RenderableType]:
    survey = validation.survey
    yield from (Text(printable(line)) for line in _summary(survey))
    if survey.classes:
        yield _classes(survey)
    yield _checks(validation)
    for failure in validation.failures:
        yield Text.assemble(
            ("does not fit ", "bold red"), (printable(failure.key), "bold"), f": {printable(failure.sentence)}"
        )
    if validation.failures:
        yield Text("until that is mended, no figure of this log is one of the bot", "bold red")
    for hint in validation.hints:
        yield Text.assemble(("look at ", "bold yellow"), (printable(hint.key), "bold"), f": {printable(hint.sentence)}")


def _summary(survey: Survey) -> Iterator[str]:
    span = f", {when(survey.first_at)} to {when(survey.last_at)}" if survey.first_at and survey.last_at else ""
    yield f"{survey.rows:,} predictions{span}"
    delay = survey.delay
    late = f"; half come within {_delay(delay.p50)}, 90% within {_delay(delay.p90)}" if delay else ""
    if survey.label_rows:
        yield f"{survey.label_rows:,} label rows, {percent(survey.labelled_share)} of the predictions labelled{late}"
    else:
        yield "no labels: whether answers are right is told from the first ones on; everything else is watched already"
    for title, names in (
        ("models", Counter({v.model_version: 0 for v in survey.versions})),
        ("prompts", Counter({v.prompt_version: 0 for v in survey.versions})),
    ):
        known = [name for name in names if name]
        more = f" and {len(known) - MOST_VERSIONS} more" if len(known) > MOST_VERSIONS else ""
        if known:
            yield f"{title}: {', '.join(known[:MOST_VERSIONS])}{more}"
    if survey.problems:
        yield "problems: " + ", ".join(f"{problem.kind} {problem.n:,}" for problem in survey.problems)


def _delay(seconds: float) -> str:
    return hours(seconds / SECONDS_IN_HOUR)


def _classes(survey: Survey) -> Table:
    table = _table("class", "predicted", "labels")
    for each in survey.classes[:MOST_CLASSES]:
        table.add_row(Text(printable(each.name)), f"{each.predicted:,}", f"{each.labelled:,}")
    if len(survey.classes) > MOST_CLASSES:
        table.add_row(f"and {len(survey.classes) - MOST_CLASSES} more", "", "")
    return table


def _checks(validation: Validation) -> Table:
    table = _table("check", "can run", "why not more")
    for each in validation.checks:
        table.add_row(each.check, Text(each.ability, STYLES[each.ability]), Text(printable(each.sentence)))
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading)
    return table
