import re
from pathlib import Path

import pytest

import alerts
import monitor
from alerts.messages.signs import PLAIN, encodable

ELSEWHERE = {
    "alerts/messages/mrkdwn.py",  # for Slack alone
    "alerts/messages/signs.py",
    "monitor/log/files/encodings.py",  # letters that it knows, and writes none of
}


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252", "cp437"])
def test_every_sign_has_something_that_every_encoding_has(encoding: str) -> None:
    said = encodable("🔴 CRITICAL a → b (4–31%) …", encoding)
    assert "?" not in said
    assert all(value.isascii() and "?" not in value.replace("(?)", "") for value in PLAIN.values())


def test_a_sign_that_is_there_stays_and_one_of_others_is_marked() -> None:
    assert encodable("Störung → 急", "latin-1") == "Störung -> ?"
    assert encodable("a → b", "utf-8") == "a → b"


def test_no_sign_that_tunewatch_writes_is_unknown() -> None:
    written = set()
    for package in (alerts, monitor):
        room = Path(str(package.__file__)).parent
        for file in (*room.rglob("*.py"), *room.rglob("*.jinja")):
            if file.relative_to(room.parent).as_posix() not in ELSEWHERE:
                written |= set(re.findall(r"[^\x00-\xff]", file.read_text("utf-8")))
    assert written <= set(PLAIN), written - set(PLAIN)
