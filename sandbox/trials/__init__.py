"""Calls each function in the sandbox with inputs that are made from its input schema.

``Generation`` makes the inputs in a process of its own, ``run_trials`` calls the functions.
"""
