"""`tunewatch ping`: is the daemon alive? For HEALTHCHECK in a container, which may have no curl."""

from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import click

HEALTHY: Final = "/-/healthy"


@click.command("ping")
@click.argument("url", default="http://127.0.0.1:8787")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=3.0, show_default=True, help="Seconds to wait.")
def command(*, url: str, timeout: float) -> int:
    """Ask the daemon at URL whether it is alive; exit with 0 if so, else with 1.

    A URL without a path is asked for /-/healthy; name /-/ready to ask whether it is ready.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.BadParameter("must be an address such as http://127.0.0.1:8787", param_hint="URL")
    full = parts._replace(path=HEALTHY).geturl() if parts.path in ("", "/") else url
    try:
        # Without a proxy, whatever the environment says: the daemon is next door.
        with build_opener(ProxyHandler({})).open(full, timeout=timeout) as answer:
            body, good = answer.read(), True
    except HTTPError as error:
        body, good = error.read(), False
    except (OSError, HTTPException) as error:
        click.echo(f"tunewatch: no answer from {full}: {error}", err=True)
        return 1
    click.echo(body.decode("utf-8", "replace"))
    return 0 if good else 1
