"""`python -m automation` is the command `pengaduan`."""

from automation.cli import main

if __name__ == "__main__":
    main(prog_name="pengaduan")
