"""Reads the messages that a model was trained on or evaluated with."""
