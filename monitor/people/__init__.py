"""What people do with incidents, whichever way it comes: from the command line or from Slack."""
