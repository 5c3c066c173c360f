"""`tunewatch validate`: does the configuration fit the log, and what can each check do with it?"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click

from config.settings import Settings
from monitor.bootstrap.channels import build_channels, channel_names
from monitor.bootstrap.configuration import load
from monitor.cli.commands.options import chosen, config_option, json_option, monitor_option
from monitor.cli.guard import describe
from monitor.common.clock import utc_now
from monitor.common.errors import MappingError, UnreachableError
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import note, printable, show
from monitor.delivery.probing import probe
from monitor.onboarding.provider import ProviderError, compare, shutdown_dates
from monitor.onboarding.validate import validate, validation_parts
from monitor.onboarding.validate.route_classes import unfit_classes


@click.command("validate")
@config_option
@monitor_option
@click.option("--check-provider", "provider", metavar="URL", help="Ask an OpenAI-compatible /v1/models what retires.")
@click.option(
    "--key-env",
    default="OPENAI_API_KEY",
    show_default=True,
    metavar="NAME",
    help="With --check-provider: the environment variable that holds the key.",
)
@json_option
def command(*, file: Path | None, names: tuple[str, ...], provider: str | None, key_env: str, as_json: bool) -> int:
    """Read the configuration, connect to each log, and show what is in it and what each check can do with it.

    Nothing is written, not even the history. The exit status is that of the worst monitor: 2 where columns do not fit
    their log, or cannot mean what they are mapped to (one class in all predictions, ids that join nothing, seconds for
    milliseconds), or a route names a class with a slip of the pen, 3 where it could not be reached, or nothing in it
    could be read, or a channel would take no alerts.
    """
    settings = load(file)
    for problem in settings.missing_secrets():
        note(f"the daemon will not start: {problem}")
    said = None if provider is None else _ask(provider, key_env)
    if provider is not None and said is None:
        return Exit.UNREACHABLE
    found = _Found({}, said)
    seen = found.classes
    status = max(_validate(settings, name, found, as_json=as_json) for name in chosen(settings, names))
    if seen.keys() == settings.monitors.keys():
        status = max(status, _check_routes(settings, [name for each in seen.values() for name in each]))
    return max(status, _try_channels(settings, as_json=as_json))


def _check_routes(settings: Settings, classes: Sequence[str]) -> Exit:
    """Say which routes name a class that no log has; one that is nearly a name that is there is an error."""
    named = (name for monitor in settings.monitors.values() for name in monitor.classes)
    known = tuple(dict.fromkeys((*classes, *named, *channel_names(settings))))  # alerts of delivery are by channel
    unfit = tuple(unfit_classes(settings.routes, known))
    for each in unfit:
        note(each.said)
    return Exit.USAGE if any(each.near for each in unfit) else Exit.FINE


def _try_channels(settings: Settings, *, as_json: bool) -> Exit:
    """Ask each channel that can be asked whether it would take alerts."""
    status = Exit.FINE
    for name, channel in build_channels(settings).items():
        probed = probe(channel, utc_now())
        if probed is None:
            continue
        error = None if probed.failing is None else probed.failing.error
        if as_json:
            print_line({"type": "channel", "channel": name, "answer": probed.said or None, "error": error})
        else:
            show(printable(f"{name}: {probed.said}" if error is None else f"{name} would take no alert: {error}"))
        status = max(status, Exit.FINE if error is None else Exit.UNREACHABLE)
    return status


@dataclass(frozen=True, slots=True)
class _Found:
    """Classes of each log that was read, and when the provider turns models off (None: it was not asked)."""

    classes: dict[str, tuple[str, ...]]
    said: Mapping[str, date | None] | None


def _ask(provider: str, key_env: str) -> Mapping[str, date | None] | None:
    try:
        return shutdown_dates(provider, os.environ.get(key_env, ""))
    except ProviderError as error:
        note(str(error))
        return None


def _tell_provider(settings: Settings, name: str, models: Iterable[str], said: Mapping[str, date | None]) -> None:
    """What the provider says of the models of a log, and of those that the configuration names."""
    for each in compare(models, settings.monitors[name].model_versions, said):
        if not each.is_known:
            note(f"{name}: the provider lists no model {each.model!r}")
        elif each.says_more:
            note(
                f"{name}: the provider turns {each.model} off on {each.shutdown}; write model_versions: "
                f"{{{each.model}: {{retires: {each.shutdown}}}}}"
            )


def _validate(settings: Settings, name: str, found: _Found, *, as_json: bool) -> Exit:
    """Show one monitor, and put the classes of its log among those found."""
    try:
        validation = validate(name, settings.monitors[name], utc_now())
    except (MappingError, UnreachableError) as error:
        note(describe(error) if isinstance(error, MappingError) else f"{name}: {describe(error)}")
        return Exit.USAGE if isinstance(error, MappingError) else Exit.UNREACHABLE
    found.classes[name] = tuple(each.name for each in validation.survey.classes)
    if found.said is not None:
        models = {each.model_version for each in validation.survey.versions} - {""}
        _tell_provider(settings, name, models, found.said)
    if as_json:
        print_line({"type": "validation", **asdict(validation)})
    else:
        show(*validation_parts(validation))
    if validation.read_nothing:
        return Exit.UNREACHABLE
    return Exit.USAGE if validation.failures else Exit.FINE
