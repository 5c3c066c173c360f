"""All that a brief says, before it is put into words."""

from dataclasses import dataclass
from datetime import datetime

from alerts.incident import Incident
from monitor.actions.brief.examples import ConfusionExamples
from monitor.actions.brief.promptfoo import Tests
from monitor.actions.brief.proposal import Proposal
from monitor.actions.brief.tokens import Cost
from monitor.actions.material import Holdout
from monitor.actions.prompt import Prompt
from monitor.history.writing.tries import Try


@dataclass(frozen=True, slots=True)
class VersionLine:
    """How many labelled messages of a class a pair of versions answered, and how many of them right."""

    model_version: str
    prompt_version: str
    first: datetime
    label: str
    n: int
    right: int


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief; `labels` are all classes of the log, `tries` the candidates that were tried already."""

    incident: Incident
    versions: tuple[VersionLine, ...]
    shown: tuple[ConfusionExamples, ...]
    proposal: Proposal
    cost: Cost
    tests: Tests
    prompt: Prompt | None
    labels: tuple[str, ...]
    holdout: Holdout
    scrubbed: bool
    tries: tuple[Try, ...] = ()
