"""How often the advice is right."""
