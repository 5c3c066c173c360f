"""What is sent to a webhook; pure. The headers are those of Standard Webhooks (https://www.standardwebhooks.com)."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from alerts.channels.channel import Post
from alerts.channels.fingerprint import fingerprint
from alerts.incident import Transition
from alerts.messages.event_json import event_json
from alerts.messages.links import Link

PREFIX: Final = "whsec_"
"""What a secret begins with that is written in base64, as the libraries of Standard Webhooks make them."""


def body(step: Transition, links: Sequence[Link] = ()) -> bytes:
    """The event, as a line of `backtest --json` has it."""
    return json.dumps(event_json(step, links), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def delivery_id(post: Post, step: Transition) -> str:
    """What stays the same on every try of a post as long as it says the same, so that a second one can be dropped.

    Newer numbers alone say the same. Where the incident has moved on between two tries of its first post, as when it
    was resolved, the id is another: a receiver must not drop that.
    """
    return f"{step.incident.id}-{post.id}-{fingerprint(step)}"


def headers(delivery: str, sent: bytes, at: datetime, secret: bytes | None) -> Mapping[str, str]:
    """The headers; signed where there is a secret. `at` is the time of this try."""
    named = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": delivery,
        "Webhook-Id": delivery,
        "Webhook-Timestamp": f"{at.timestamp():.0f}",
    }
    return named if secret is None else named | {"Webhook-Signature": signature(named, sent, secret)}


def signature(named: Mapping[str, str], sent: bytes, secret: bytes) -> str:
    """HMAC-SHA256 of id, time stamp and body, joined by dots, in base64."""
    signed = f"{named['Webhook-Id']}.{named['Webhook-Timestamp']}.".encode() + sent
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def secret_bytes(secret: str) -> bytes:
    r"""The key that a secret stands for: after `whsec_` it is base64, else the text itself.

    Raises ValueError.

    >>> secret_bytes("whsec_AAEC"), secret_bytes("correct horse")
    (b'\x00\x01\x02', b'correct horse')
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"a secret that begins with {PREFIX} goes on in base64, and this one does not") from None
