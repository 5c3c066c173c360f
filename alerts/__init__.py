"""Incidents, the messages that tell of them, and the channels that carry the messages."""
