"""What a chatbot imports of tunewatch. `tunewatch.log` needs nothing but Python."""
