"""The long tail: whatever Apprise can tell."""
