"""What is counted, and how it adds up and subtracts."""
