"""`newscast serve`: the reader over SSH, for many people, from one process that forks."""
