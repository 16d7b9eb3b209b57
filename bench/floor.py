"""The floor: imap-tools fetches and parses every mail of a mailbox, and nothing else happens."""

import sys

from imap_tools.mailbox import MailBoxUnencrypted


def main(port: str, user: str, password: str) -> None:
    """Read the INBOX and touch what a register needs of each mail."""
    count = size = 0
    with MailBoxUnencrypted("127.0.0.1", int(port)).login(user, password) as box:
        for mail in box.fetch(mark_seen=False, bulk=100):
            count += 1
            size += len(mail.text) + len(mail.html) + len(mail.subject) + len(mail.from_)
            size += sum(len(each.payload) + len(each.filename) for each in mail.attachments)
    print(f"{count} mails, {size} characters and bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
