"""How often healthy chatbots alarm, and how soon worse ones do."""
