"""Mathematics without a chatbot: proportions and their intervals, tests, evidence, the budget of false alarms."""
