"""How the keys of JSON lines are spelled, without parsing them."""

import re
from collections.abc import Iterable
from typing import Final

from monitor.log.files.content import Compression, opened

_CHUNK: Final = 1 << 22  # bytes
_LONGEST_KEY: Final = 1024  # bytes: a key across two chunks is seen in the second


def find_spellings(name: str, compression: Compression, keys: Iterable[str]) -> dict[str, set[str]]:
    """Return for each key the capitals in which the file has it as a key (of any object, nested ones too)."""
    wanted = {key.lower(): key for key in keys}
    alternatives = b"|".join(re.escape(key).encode() for key in wanted.values())
    pattern = re.compile(rb'(?<!\\)"(' + alternatives + rb')"\s*:', re.IGNORECASE)
    found: dict[str, set[str]] = {key: set() for key in wanted.values()}
    rest = b""
    with opened(name, compression) as file:
        while chunk := file.read(_CHUNK):
            part = rest + chunk
            lowered = part.lower()
            exact = {key: part.count(_quoted(key)) for key in found}
            alike = all(lowered.count(_quoted(lower)) == exact[key] for lower, key in wanted.items())
            # Counting is fast, and where all are spelled as they should be it is enough.
            spelled = [key.encode() for key, n in exact.items() if n] if alike else pattern.findall(part)
            for text in {each.decode("utf-8", errors="replace") for each in spelled}:
                if text.lower() in wanted:
                    found[wanted[text.lower()]].add(text)
            rest = chunk[-_LONGEST_KEY:]
    return found


def _quoted(key: str) -> bytes:
    return f'"{key}"'.encode()
