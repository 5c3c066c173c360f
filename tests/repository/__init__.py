"""What the repository promises besides its code: locks, image, compose file, and nothing of one machine."""
