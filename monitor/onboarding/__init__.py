"""From somebody's log to a configuration, and whether it holds."""
