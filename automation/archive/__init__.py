"""Files that stay: the raw mails, and a folder for each case."""
