"""Escaping for Slack's markup, in which a class called `<!channel>` would wake a hundred people.

Slack has entities for three characters and no way to escape the rest, so marks that would format what follows are
replaced by look-alikes. An underscore inside a word formats nothing and stays, so that names can be copied.
Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from alerts.messages.text import one_line

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOK_ALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})  # noqa: RUF001 - meant to look alike
_LONE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_CUT_ENTITY = re.compile(r"&[a-z]{0,3}$")


def escape(text: str) -> str:
    """A piece of data that nothing in Slack's markup can tell from plain words.

    >>> escape("<!channel> & *all* of card_lost _now_")
    '&lt;!channel&gt; &amp; ∗all∗ of card_lost ˍnowˍ'
    """  # noqa: RUF002 - the look-alikes
    return _LONE_UNDERSCORE.sub("ˍ", one_line(text).translate(_LOOK_ALIKES)).translate(_ENTITIES)


def clip(escaped: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, never cut within an entity.

    >>> clip("a &amp; b", 6)
    'a …'
    """
    if len(escaped) <= limit:
        return escaped
    return _CUT_ENTITY.sub("", escaped[: limit - 1]) + "…"
