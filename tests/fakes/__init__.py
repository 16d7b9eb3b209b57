"""Fakes of the ports, each held to its contract in tests/contract/."""
