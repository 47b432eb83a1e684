"""Runs the graphs of a Python project for a server that keeps checkpoints, items and events: a socket leads there."""
