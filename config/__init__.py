"""What an operator may set: YAML file, environment and secret files.

`load` reads all three and returns `Settings`, or raises `ConfigError` with everything that is wrong.
"""

from config.errors import ConfigError, Problem
from config.loading import load
from config.settings import Settings
from config.url import mask

__all__ = ["ConfigError", "Problem", "Settings", "load", "mask"]
