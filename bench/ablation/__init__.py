"""What each statistical mechanism earns: worlds played with it and without it, side by side."""
