"""How long looks, queries and checks take, and how much memory."""
