"""Benchmarks, run by `make bench`: each measure beside its floor, in one run."""
