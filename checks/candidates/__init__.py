"""Would a candidate do better in production? A sample, a paired comparison, a verdict."""
