"""The lines of the metric history."""
