"""The brief for people: `brief.md`."""

from collections.abc import Iterator

from alerts.messages.numbers import share as percent
from checks.advice.deciding.model import Action
from checks.rules.finding import Finding
from monitor.actions.brief.confusions import Confusion
from monitor.actions.brief.document import Brief
from monitor.actions.brief.examples import Failing, Shown
from monitor.actions.brief.promptfoo import CONFIG
from monitor.actions.markdown import code, md, plural, quoted, table


def render_markdown(brief: Brief) -> str:
    """The file."""
    return "\n\n".join([*_head(brief), *_findings(brief), *_confusions(brief), *_proposal(brief), *_next(brief)]) + "\n"


def _head(brief: Brief) -> Iterator[str]:
    incident = brief.incident
    yield f"# {incident.monitor}: brief for the prompt"
    end = f"to {incident.resolved_at:%Y-%m-%d %H:%M}" if incident.resolved_at else "and still is"
    yield (
        f"Incident {code(incident.id)}, {incident.severity}, from {incident.onset:%Y-%m-%d %H:%M} UTC {end}. tunewatch "
        f"advised **{incident.advice.action.replace('_', ' ')}**."
    )
    if incident.advice.action in (Action.ROLLBACK_PROMPT, Action.ROLLBACK_MODEL):
        yield "Roll back first: it is quick, and can be taken back. This is for the prompt that comes after."
    yield "\n".join(f"- {md(reason)}" for reason in incident.advice.reasons)
    yield "**Messages of customers. Keep the folder where such data may lie, and delete it when it has served.**"


def _findings(brief: Brief) -> Iterator[str]:
    yield "## What is wrong"
    alarms = [finding for finding in brief.incident.findings if finding.verdict.is_alarm]
    yield table(
        ("check", "of", "value", "95% interval", "n", "limit", "before"),
        [_finding(finding) for finding in alarms],
    )
    yield "\n".join(f"- {md(finding.message)}" for finding in alarms)
    rows = [
        (
            f"{code(line.model_version)} {code(line.prompt_version)}",
            f"{line.first:%Y-%m-%d}",
            f"{line.n:,}",
            percent(line.right / line.n) if line.n else "",
        )
        for line in brief.versions
    ]
    label = code(brief.versions[0].label)
    yield f"Labelled messages of {label} by version, and the share that was recognised (as labelled, uncorrected):"
    yield table(("model and prompt", "from", "labelled", "recognised"), rows)


def _finding(finding: Finding) -> tuple[str, ...]:
    limits = [finding.value, finding.low, finding.high, finding.threshold, finding.reference]
    value, low, high, threshold, reference = ("" if each is None else f"{each:.2f}" for each in limits)
    return code(finding.check), code(finding.subject), value, f"{low} to {high}", f"{finding.n:,}", threshold, reference


def _confusions(brief: Brief) -> Iterator[str]:
    yield "## What is taken for what"
    yield "Labelled messages from the onset on. Lift: how many times as often as before the onset."
    yield table(
        ("class", "answered", "errors", "of the class", "before", "lift", "of all errors", "the other way round"),
        [_row(each.confusion) for each in brief.shown],
    )
    for each in brief.shown:
        yield f"### {code(each.confusion.label)} answered {code(each.confusion.predicted)}"
        yield _examples(each)


def _row(confusion: Confusion) -> tuple[str, ...]:
    before = confusion.before_rate
    return (
        code(confusion.label),
        code(confusion.predicted),
        f"{confusion.n:,}",
        f"{percent(confusion.rate)} of {confusion.of:,}",
        "no labels" if before is None else f"{percent(before)} of {confusion.before_of:,}",
        "new" if confusion.lift is None else f"{confusion.lift:.1f}",
        percent(confusion.share),
        f"{confusion.reverse_n:,}",
    )


def _examples(shown: Shown) -> str:
    lines = []
    for failing in shown.failing:
        lines.append(f"- {quoted(failing.message.text)}{_told(failing)}")
        lines += [f"  - {line}" for line in _neighbours(failing)]
    return "\n".join(lines)


def _neighbours(failing: Failing) -> Iterator[str]:
    own, other = failing.of_its_class, failing.of_the_other
    if own is not None and own.group == failing.message.group:
        version = f" under {code(own.row.prompt_version)}" if own.row.prompt_version else ""
        yield f"the same went right{version} on {own.row.at:%Y-%m-%d}"
    elif own is not None:
        yield f"nearest that went right: {quoted(own.text)}"
    if other is not None:
        yield f"nearest that truly is {code(other.row.label)}: {quoted(other.text)}"


def _told(failing: Failing) -> str:
    confidence = failing.message.row.confidence
    said = [] if confidence is None else [f"confidence {confidence:.2f}"]
    said += ["held out for testing"] if failing.is_held_out else []
    return f" ({', '.join(said)})" if said else ""


def _proposal(brief: Brief) -> Iterator[str]:
    proposal = brief.proposal
    yield "## A proposal"
    if not proposal.text:
        yield "None: no words set the missed classes apart, and no examples can be shown."
        return
    yield (
        "**Made from the log by counting words and comparing letters; nobody has checked it.** Put it right before you "
        "use "
        "it: replace the words by what the class *means*, and drop examples that are not clear."
    )
    fence = "~" * (3 + proposal.text.count("~~~"))
    yield f"{fence}text\n{proposal.text}\n{fence}"
    if proposal.examples:
        counted = plural(len(proposal.examples), "example")
        yield f"The {counted} are as many of each class, are not held out for testing, and are in no test below."
    yield _cost(brief)


def _cost(brief: Brief) -> str:
    cost = brief.cost
    how = "measured in this log" if cost.is_measured else "the usual four letters a token, as the log does not tell"
    now = f", {percent(cost.added / cost.now)} of the {cost.now:,} that it has now" if cost.now else ""
    return (
        f"Cost, an estimate: about {cost.added:,} tokens more in each request{now}; with {cost.requests_a_day:,} "
        "requests a "
        f"day {cost.added * cost.requests_a_day:,} tokens a day ({cost.per_letter:.2f} tokens a letter, {how})."
    )


def _next(brief: Brief) -> Iterator[str]:
    cases = brief.tests.cases
    held = sum(case.is_held_out for case in cases)
    guards = sum(case.guards for case in cases)
    yield "## Try it"
    yield (
        f"`{CONFIG}` has {plural(len(cases) - guards, 'failing message')} and {guards:,} that went right and must stay "
        "so. It "
        "compares `prompt.json`, the prompt as it is, with `prompt-proposed.json`. Name your model in it, then "
        "`npx promptfoo@latest eval`."
    )
    notes = [
        "A prompt that passes these may still fail elsewhere: let tunewatch watch it, with a new `prompt_version`.",
        (
            f"Held out for testing are messages first seen from {brief.holdout.since:%Y-%m-%d %H:%M} on; {held:,} of "
            "the "
            "tests are among them, since there were no others. A test set that prompts were tuned on tests them no "
            "more."
            if held
            else "None of the tests is held out for testing a fine-tune."
        ),
    ]
    if brief.tests.left_out:
        notes.append(
            f"{plural(brief.tests.left_out, 'message')} left out, which promptfoo would run as a template or a file."
        )
    if brief.prompt is None:
        notes.append("No prompt is configured (`monitors.NAME.prompt`): both files have a place to put it.")
    if brief.scrubbed:
        notes.append("Personal data was taken out by its form; names and addresses have none and are still there.")
    else:
        notes.append("**Personal data was left in (`--no-scrub`).**")
    yield "\n".join(f"- {note}" for note in notes)
