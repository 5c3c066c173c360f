"""How far figures are off, and how often their intervals hold the truth."""
