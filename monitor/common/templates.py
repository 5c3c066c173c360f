"""Documents from templates: `*.jinja` files that lie beside the code that fills them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def templates(filters: Mapping[str, Callable[..., str]]) -> "Environment":
    """The templates below `monitor/`, by their paths from there, which may use these filters.

    A line that holds nothing but a tag leaves nothing behind, and a name that is not given is an error. Nothing is
    escaped by itself: what others wrote goes through a filter that does.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - when the first is filled

    environment = Environment(  # noqa: S701 - the documents are Markdown and YAML, for which there is no autoescape
        loader=PackageLoader("monitor", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= filters
    return environment
