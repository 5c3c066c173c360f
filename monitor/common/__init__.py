"""What every room needs: errors, logs, clock, secrets, terminal, files for outsiders."""
