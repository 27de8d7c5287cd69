"""What newscast does, in statements that can fail."""
