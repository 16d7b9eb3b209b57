"""A whole town on loopback: the sheet service, the post office, and who lives there."""
