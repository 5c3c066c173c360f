"""Versions and change points compared: what fell, when, and with whom."""
