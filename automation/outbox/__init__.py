"""Mail out: letters, and the way they leave."""
