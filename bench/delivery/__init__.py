"""What becomes of alerts when processes are killed, and channels fail."""
