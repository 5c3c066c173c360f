"""The score card, the gates and the weights that turn signals into one action."""
