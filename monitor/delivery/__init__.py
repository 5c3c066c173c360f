"""Alerts on their way to channels."""
