"""`newscast serve`: serves the reader over SSH; a fork server starts a process for each session."""
