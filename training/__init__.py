"""Training and measuring the model of the cast; never imported by newscast itself."""
