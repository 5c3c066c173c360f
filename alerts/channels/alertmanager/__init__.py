"""Prometheus Alertmanager, by its API v2."""
