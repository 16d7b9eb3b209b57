"""Where the program's own data lies: beside the code in a wheel, at the top of a checkout."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def data_folder(name: str) -> Traversable:
    """Give the folder `mail_templates` or `sheets_schema`, installed or not."""
    packaged = files("automation") / "_data" / name
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[1] / name
