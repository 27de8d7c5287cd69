"""What newscast costs, measured beside a peer in the same run. No test asserts a time; these print them."""
