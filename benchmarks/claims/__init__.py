"""The claims of the paper, each with its measurement: see `benchmarks/evidence.py`."""
