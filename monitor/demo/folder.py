"""The folder that the demo works in."""

from pathlib import Path

from config.errors import ConfigError, Problem
from monitor.demo.configuration import CONFIGURATION, MARK


class DemoFolder:
    """Where the logs, the configuration and the history of the demo lie."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self.config = path / "tunewatch.yaml"
        self.history = path / "history.db"

    def prepare(self) -> None:
        """Make the folder, or take away what an earlier demo left in it, and write the configuration.

        Raises ConfigError where the folder holds something that is not a demo's, or cannot be written.
        """
        try:
            if not self._may_be_used():
                raise ConfigError(
                    [Problem("", "has files that no demo wrote; name another with --out", str(self.path))]
                )
            self.path.mkdir(parents=True, exist_ok=True)
            for file in self.path.glob("history.db*"):
                file.unlink()
            self.config.write_text(CONFIGURATION, encoding="utf-8")
        except OSError as error:
            raise ConfigError([Problem("", f"cannot be used: {error.strerror}", str(self.path))]) from None

    def _may_be_used(self) -> bool:
        if not self.path.exists() or not any(self.path.iterdir()):
            return True
        return self.config.is_file() and self.config.read_text(encoding="utf-8", errors="replace").startswith(MARK)
