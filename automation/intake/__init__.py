"""Mail in: from bytes on a server to a verdict on a mail."""
