"""`tunewatch export`: folders for those who act on an incident: prompt editors, fine-tuners, labellers."""
