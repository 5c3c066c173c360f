"""What an operator may set: YAML file, environment and secret files."""
