"""The office's procedure and its clock: what may be decided, what follows, and by when."""
