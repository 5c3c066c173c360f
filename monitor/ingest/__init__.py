"""Receives predictions and labels over HTTP, and writes the log that a chatbot without one lacks."""
