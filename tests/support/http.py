"""A plain HTTP client for tests of servers on this machine."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener


def get_json(url: str) -> tuple[int, Any]:
    """Status and decoded body of a GET, whatever the status; no proxy."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def get_text(url: str) -> str:
    """Body of a GET that succeeds; no proxy."""
    with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
        return str(answer.read().decode())
