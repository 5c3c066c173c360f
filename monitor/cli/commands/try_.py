"""`tunewatch try`: would another prompt or model do better in production?"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from alerts.acting import ActRefusedError
from alerts.acts import Act, ActKind
from alerts.messages.candidates import canary_in_words, tried_in_words, verdict_in_words
from checks.candidates.verdict import Decision
from config.settings import Settings
from monitor.actions.candidates.answers import Answer, AnswersError, match, read_answers
from monitor.actions.candidates.asking import AskingError, Prices, Run
from monitor.actions.candidates.chosen import Asking
from monitor.actions.candidates.drawing import SampleSpec
from monitor.actions.candidates.files import SampleFolderError, read_sample
from monitor.actions.candidates.judging import MOST_BAD, Judgement, compare
from monitor.actions.candidates.make import make_folder
from monitor.actions.candidates.sample import Role, Sample
from monitor.actions.candidates.tried import answers_digest, note_tried, tried_in
from monitor.bootstrap.configuration import load
from monitor.bootstrap.people import build_acts
from monitor.cli.commands.folders import (
    as_of_option,
    explained,
    free_folder,
    out_option,
    scrub_option,
    the_history,
    the_log,
    the_monitor,
    warn_of_personal_data,
)
from monitor.cli.commands.one_incident import find_one
from monitor.cli.commands.options import chosen, config_option, json_option
from monitor.cli.commands.people import by_option, user
from monitor.cli.output.judgement import judgement_parts, judgement_record
from monitor.cli.output.progress import progress
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import note, show
from monitor.history import History
from monitor.history.writing.tries import Try
from monitor.people.acts import MOST_WORDS


@click.group("try")
def command() -> None:
    """Try a candidate (a prompt, a model, a fine-tune) on what production has taught, before it ships.

    `sample` draws the messages; `judge` compares what the candidate answers with what answers now.
    """


@command.command("sample")
@config_option
@click.argument("wanted", metavar="[INCIDENT]", required=False)
@click.option("--monitor", "name", metavar="NAME", help="Instead of an incident; may be left out where there is one.")
@out_option
@click.option(
    "--size",
    type=click.IntRange(min=30),
    default=300,
    show_default=True,
    metavar="N",
    help="Messages drawn by chance; up to 30 failures and 30 guards come beside them.",
)
@click.option(
    "--candidates",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="How many will be tried on it: the more, the surer each has to be.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="What the messages are drawn from.")
@as_of_option
@scrub_option
def sample(
    *,
    file: Path | None,
    wanted: str | None,
    name: str | None,
    out: Path | None,
    size: int,
    candidates: int,
    seed: int,
    as_of: datetime | None,
    no_scrub: bool,
) -> int:
    """Draw the messages that a candidate is to be tried on, with what each stands for.

    INCIDENT is an id, or its beginning, as `tunewatch history` lists it. The messages are labelled and held out: no
    fine-tune has learned from them, and none will, as the history remembers it.
    """
    if (wanted is None) == (name is None) and wanted is not None:
        raise click.UsageError("INCIDENT and --monitor exclude each other")
    settings = load(file)
    with the_history(settings) as history:
        incident = None if wanted is None else find_one(history.queries, wanted, "INCIDENT")
        if incident is not None:
            monitor = incident.monitor
        else:
            names = chosen(settings, [name] if name else [])
            if len(names) > 1:
                raise click.UsageError(f"name an INCIDENT, or --monitor: {', '.join(names)}")
            monitor = names[0]
        folder = free_folder(out or Path(f"try-{incident.id if incident else monitor}"))
        watched = the_monitor(settings, monitor)
        kept = history.holdout(monitor)
        spec = SampleSpec(
            monitor=monitor,
            incident=incident,
            as_of=as_of or utc_now(),
            holdout=kept,
            size=size,
            seed=seed,
            candidates=candidates,
            scrub=not no_scrub,
        )
        with explained(monitor), the_log(watched, monitor) as log:
            made, holdout = make_folder(log, watched, spec, folder)
        if kept is None:
            history.hold_out(monitor, holdout.since)
    warn_of_personal_data(scrubbed=not no_scrub)
    counts = (f"{made.count(role):,} {said}" for role, said in _SAID.items())
    note(f"{folder} has {', '.join(counts)}; begin with README.md")
    return Exit.FINE


_SAID = {Role.SAMPLE: "drawn by chance", Role.FAILURE: "failures", Role.GUARD: "guards"}


@command.command("judge")
@config_option
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What the candidate answered: JSON lines, promptfoo's results, or OpenAI's batch output.",
)
@click.option("--variant", metavar="NAME", help="Which of several candidates that promptfoo ran.")
@click.option("--run", "runs", metavar="WHAT", help="Ask the candidate: a command, or the URL of an endpoint.")
@click.option("--name", metavar="NAME", help="What the candidate is called; else by the file, or the model.")
@click.option("--model", default="", metavar="NAME", help="With a URL: the model to ask.")
@click.option(
    "--prompt", type=click.Path(path_type=Path), metavar="FILE", help="With a URL: the system message to try."
)
@click.option(
    "--key-env",
    default="OPENAI_API_KEY",
    show_default=True,
    metavar="NAME",
    help="With a URL: the environment variable that holds the key.",
)
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="Asked side by side.")
@click.option("--timeout", type=click.FloatRange(1, 3600), default=60, show_default=True, help="Seconds for an answer.")
@click.option("--price-in", type=click.FloatRange(0), default=0.0, help="Of a million prompt tokens.")
@click.option("--price-out", type=click.FloatRange(0), default=0.0, help="Of a million completion tokens.")
@click.option("--max-cost", type=click.FloatRange(0, min_open=True), help="Most that may be spent, in that money.")
@click.option(
    "--max-missing",
    type=click.FloatRange(0, 1),
    default=MOST_BAD,
    show_default=True,
    help="Share of messages without a usable answer from which on nothing is said.",
)
@click.option("--no-keep", is_flag=True, help="Neither keep the verdict nor tell it; the folder counts the candidate.")
@by_option
@json_option
def judge(
    *,
    file: Path | None,
    folder: Path,
    answers: Path | None,
    variant: str | None,
    runs: str | None,
    name: str | None,
    model: str,
    prompt: Path | None,
    key_env: str,
    concurrency: int,
    timeout: float,
    price_in: float,
    price_out: float,
    max_cost: float | None,
    max_missing: float,
    no_keep: bool,
    by: str | None,
    as_json: bool,
) -> int:
    """Compare what a candidate answers with what answers now, and say whether to ship it.

    DIR is a folder that `try sample` made. Each difference is of production, with an interval that is shared out over
    all candidates tried on the sample. The verdict is kept in the history and told in the incident's thread.

    Ends with 0 where the candidate should ship, else with 1.
    """
    if (answers is None) == (runs is None):
        raise click.UsageError("give either --answers or --run")
    if max_cost is not None and not (price_in or price_out):
        raise click.UsageError("--max-cost needs --price-in and --price-out")
    settings = load(file)
    try:
        sample, digest = read_sample(folder)
        if runs is None:
            called = name or (answers.stem if answers else "")
            given = read_answers(answers, variant) if answers else []
        else:
            asking = Asking(runs, model, prompt, key_env, timeout, Prices(price_in, price_out, max_cost), concurrency)
            called = name or model or Path(next(iter(runs.split()), "")).name
            given = _ask(folder, sample, asking, called)
        read = match(given, [item.id for item in sample.items], sample.names)
        with the_history(settings) as history:
            earlier = history.queries.tries(sample.monitor, sample=digest)
            own = answers_digest(read)
            others = {each.answers for each in earlier} | tried_in(folder)
            judged = compare(sample, read, called, len(others | {own}), max_missing)
            note_tried(folder, own, called)
            if not no_keep:
                _keep(settings, history, Kept(sample, digest, own, by or user()), judged)
    except (SampleFolderError, AnswersError, AskingError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        print_line(judgement_record(sample, judged))
    else:
        show(*judgement_parts(sample, judged))
    return Exit.FINE if judged.verdict.decision is Decision.SHIP else Exit.INCIDENT_OPEN


def _ask(folder: Path, sample: Sample, asking: Asking, called: str) -> list[Answer]:
    safe = re.sub(r"[^\w.-]+", "-", called).strip("-.") or "candidate"
    run = Run(asking.candidate(folder, sample), folder / f"answers-{safe}.jsonl", asking.prices)
    with progress() as bar:
        task = bar.add_task(called, total=len(sample.items))
        found = run.answers(sample.items, asking.concurrency, lambda n: bar.advance(task, n))
    if run.reused:
        note(
            f"{run.reused:,} of {len(sample.items):,} answers are of an earlier run, in {run.file}; "
            "where the candidate has changed since, give it another --name"
        )
    if run.spent:
        note(f"spent {run.spent:.4g}")
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """Which answers on which sample, by their SHA-256, and who had them judged."""

    sample: Sample
    digest: str
    answers: str
    by: str


def _keep(settings: Settings, history: History, kept: Kept, judged: Judgement) -> None:
    """Keep the verdict beside the advice, and tell it in the thread of an incident that is open."""
    now = utc_now().replace(microsecond=0)
    sample = kept.sample
    known = history.queries.find_incidents(sample.incident) if sample.incident else ()
    incident = next((each for each in known if each.id == sample.incident), None)
    said = verdict_in_words(judged.verdict)
    history.keep_try(
        Try(
            monitor=sample.monitor,
            incident=None if incident is None else incident.id,
            sample=kept.digest,
            answers=kept.answers,
            candidate=judged.candidate,
            at=now,
            candidates=judged.question.candidates,
            said=said,
            canary=canary_in_words(judged.canary),
            verdict=judged.verdict,
        )
    )
    if incident is None:
        return
    words = f"{tried_in_words(judged.candidate, said)} {canary_in_words(judged.canary)}".strip()
    # the same answers judged again at the same level are no news
    key = f"try {kept.digest[:16]} {kept.answers[:16]} {judged.question.candidates}"
    act = Act(ActKind.TRY, kept.by, now, key, None, words[:MOST_WORDS])
    try:
        build_acts(settings, history).act(incident, act)
    except ActRefusedError as refused:
        note(f"kept, and not told in the thread: {refused}")
