"""The steps of a pass, each over the same house; only worker.py knows their order."""
