"""The worker's durable memory: what was seen, decided and sent, in one SQLite file."""
