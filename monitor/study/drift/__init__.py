"""Drift of the sampled rows: what is compared, and how far it moved."""
