"""Which configuration is in use, and whether a newer one was refused."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor.common.json_lines import iso
from monitor.history.notifications import Failing


@dataclass(frozen=True, slots=True)
class _State:
    loaded_at: datetime
    waiting: tuple[str, ...] = ()
    error: str = ""
    refused_at: datetime | None = None


class Configured:
    """What is known of the configuration; read by the web server's threads."""

    def __init__(self, now: datetime) -> None:
        self._lock = threading.Lock()
        self._state = _State(now)

    def taken(self, now: datetime, waiting: tuple[str, ...]) -> None:
        """A newer one is in use, but for these keys, which wait for a restart."""
        with self._lock:
            self._state = _State(now, waiting)

    def refused(self, now: datetime, error: str) -> None:
        """A newer one is wrong, and the one before goes on; `error` holds no secret."""
        with self._lock:
            first = self._state.refused_at or now
            self._state = replace(self._state, error=error, refused_at=first)

    @property
    def is_newest(self) -> bool:
        """Whether the newest one is in use."""
        return self._state.refused_at is None

    @property
    def loaded_at(self) -> datetime:
        """When the one in use was read (UTC)."""
        return self._state.loaded_at

    def failing(self) -> Failing | None:
        """Since when a newer one is refused, and why; None where none is."""
        state = self._state
        return None if state.refused_at is None else Failing(state.error, state.refused_at)

    def described(self) -> Mapping[str, Any]:
        """What `/-/ready` says."""
        state = self._state
        return {
            "condition": "current" if state.refused_at is None else "refused",
            "loaded_at": iso(state.loaded_at),
            "error": state.error or None,
            "waits_for_restart": list(state.waiting),
        }
