"""The demo: two chatbots whose log is made up, and tunewatch playing over it."""
