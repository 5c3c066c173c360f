"""The folder of Evidently's reports: one file for each study that gets one, bounded in age and in size."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.reports import ReportSettings

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class ReportFolder:
    """Where reports are kept: for `keep`, and `max_bytes` in all. `workspace` is Evidently's own folder, or ""."""

    path: Path
    keep: timedelta
    max_bytes: int
    workspace: str = ""

    @classmethod
    def of(cls, settings: ReportSettings) -> "ReportFolder":
        """Folder and limits from the settings."""
        return cls(Path(settings.folder), settings.keep, settings.max_mb * MEGABYTE, settings.workspace or "")

    def place(self, monitor: str, as_of: datetime) -> Path:
        """Where the report of a study goes; makes the folder. Raises OSError where it cannot be made."""
        self.path.mkdir(parents=True, exist_ok=True)
        return self.path / f"{monitor}-{as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}.html"

    def tidy(self, now: datetime) -> int:
        """Delete reports that are too old, and the oldest while they take too much room; returns how many."""
        oldest_first = sorted(self.path.glob("*-*Z.html"), key=lambda file: file.stat().st_mtime)
        size = sum(file.stat().st_size for file in oldest_first)
        gone = 0
        for file in oldest_first:
            about = file.stat()
            if datetime.fromtimestamp(about.st_mtime, UTC) >= now - self.keep and size <= self.max_bytes:
                break
            file.unlink(missing_ok=True)
            size -= about.st_size
            gone += 1
        return gone
