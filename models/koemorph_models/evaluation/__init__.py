"""Measurements of the features and of the model."""
