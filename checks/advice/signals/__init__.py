"""What speaks for an action, one file for each kind of signal."""
