"""The tests of newscast. Each states one thing that newscast does."""
