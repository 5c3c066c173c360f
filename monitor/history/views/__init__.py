"""The views that analysts read."""

from monitor.history.views.making import VIEWS, create_views, drop_views

__all__ = ["VIEWS", "create_views", "drop_views"]
