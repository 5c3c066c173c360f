"""The log of the daemon, as an event for each step."""
