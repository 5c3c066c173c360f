"""Slack: a message an incident, kept up to date, and a thread."""
