"""The command line: one file a command, and how results are shown."""

from monitor.cli.program import main

__all__ = ["main"]
