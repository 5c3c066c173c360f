"""Which action to take, and the evidence for it."""
