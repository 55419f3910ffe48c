"""Pieces of `training_through_bifurcations.py`: problems, optimisers, runs and tables."""
