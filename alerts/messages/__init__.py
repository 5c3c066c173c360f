"""What people and programs are told of an incident: pure builders, no channel in sight."""
