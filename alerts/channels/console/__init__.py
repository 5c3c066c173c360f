"""A text stream."""
