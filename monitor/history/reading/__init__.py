"""What a cycle reads from the history: the windows that it judges."""
