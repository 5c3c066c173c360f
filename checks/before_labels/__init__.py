"""Accuracy, recall and precision before the labels come, from logged confidences that have been found to hold."""
