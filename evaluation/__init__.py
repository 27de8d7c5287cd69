"""Measuring the cast: annotated documents, the measures of the field, one table."""
