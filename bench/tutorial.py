"""What a tutorial would write: for each mail one `append_row` and one SMTP connection."""

import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path

from imap_tools.mailbox import MailBoxUnencrypted

from automation.sandbox.staff import sheet_of


def main(place: str, endpoint: str, spreadsheet: str, smtp: str, imap: str, password: str) -> None:
    """Register and acknowledge the whole INBOX."""
    account = Path(place) / "accounts" / "worker.json"
    tab = sheet_of(account, endpoint, spreadsheet).add_worksheet("Tutorial", 1, 6)
    office = "pengaduan@kec-pekutatan.example"
    with MailBoxUnencrypted("127.0.0.1", int(imap)).login(office, password) as box:
        for at, mail in enumerate(box.fetch(mark_seen=True), start=1):
            tab.append_row([at, str(mail.date), mail.from_, mail.subject, mail.text])
            answer = EmailMessage()
            answer["From"], answer["To"] = office, mail.from_
            answer["Subject"] = f"[{at}] Pengaduan telah kami catat"
            answer.set_content("Terima kasih. Pengaduan Bapak/Ibu telah kami catat.\n")
            with smtplib.SMTP("127.0.0.1", int(smtp)) as server:
                server.send_message(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
