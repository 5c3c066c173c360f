"""The chatbot's prompt, from the file that the configuration names."""

from dataclasses import dataclass
from pathlib import Path

from config.exports import PromptSettings
from monitor.common.errors import MappingError


@dataclass(frozen=True, slots=True)
class Prompt:
    """A system message; `name` is its file's, without the folder."""

    text: str
    name: str


def read_prompt(settings: PromptSettings | None, version: str, key: str) -> Prompt | None:
    """The prompt of a version, else the one in use; None where none is configured.

    `key` is the place in the configuration, such as monitors.NAME.prompt. Raises MappingError where it cannot be read.
    """
    if settings is None:
        return None
    path = settings.versions.get(version, settings.file)
    if path is None:
        return None
    where = f"{key}.versions.{version}" if version in settings.versions else f"{key}.file"
    try:
        text = Path(path).read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError:
        raise MappingError(f"{path} is not UTF-8 text", where) from None
    except OSError as error:
        raise MappingError(f"{path} cannot be read: {error.strerror}", where) from None
    if not text:
        raise MappingError(f"{path} is empty", where)
    return Prompt(text, Path(path).name)
