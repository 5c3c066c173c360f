"""`tunewatch try`: messages to try a candidate on, its answers, and whether it would do better."""
