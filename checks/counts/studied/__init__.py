"""What the parts of a study found for the advice, beside drift: each is a dataclass in a file of its own."""
