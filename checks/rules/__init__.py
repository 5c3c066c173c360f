"""The checks, one file each, named as its key in the configuration, and what only they use."""
