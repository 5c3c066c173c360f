"""The configuration with the systems that logs come from: what the commands read."""

from collections.abc import Mapping
from pathlib import Path

from config import loading
from config.errors import ConfigError
from config.settings import Settings
from monitor.log.systems.registry import preset_of


def load(
    file: Path | None = None, *, environ: Mapping[str, str] | None = None, secrets_dir: Path | None = None
) -> Settings:
    """Read and check the whole configuration; see `config.loading.load`. Raises ConfigError."""
    return loading.load(file, environ=environ, secrets_dir=secrets_dir, presets=preset_of)


def whole(settings: Settings) -> Settings:
    """The settings, where nothing is missing that the daemon cannot do without. Raises ConfigError."""
    if missing := settings.missing_secrets():
        raise ConfigError(missing)
    return settings
