"""Trains the model of the cast; newscast itself does not import it."""
