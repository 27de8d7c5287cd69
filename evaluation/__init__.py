"""Measures how well newscast finds the cast, on annotated documents; newscast itself does not import it."""
