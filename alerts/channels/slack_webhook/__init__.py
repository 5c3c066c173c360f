"""Slack by an incoming webhook: messages that nobody can change or find again."""
