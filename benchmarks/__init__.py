"""Measures what newscast costs, next to a peer in the same run. No test asserts a time; the benchmarks print times."""
