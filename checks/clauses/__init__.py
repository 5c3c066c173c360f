"""What is said of a figure, as a kind and named numbers; the sentences are in `alerts.messages`."""
