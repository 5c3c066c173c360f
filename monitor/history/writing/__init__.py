"""What a cycle writes to the history, and how it is kept small."""
