"""What is made for the people who act: briefs, training data, audits, what to label next."""
