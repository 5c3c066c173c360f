"""The views that analysts read."""

from monitor.history.views.making import VIEWS, definitions, replace_views

__all__ = ["VIEWS", "definitions", "replace_views"]
