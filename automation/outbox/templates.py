"""Letter templates: found in the office's folder or the packaged one, filled in, framed as HTML."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError

from automation.errors import RejectedError
from automation.model import LetterCode
from automation.outbox import dates

_LANGUAGE: Final = "id"
_FRAME: Final = "_shared/frame.html.j2"


class Templates:
    """The templates of the first folder that has them; a name that one misspells is an error.

    Letters are plain text and escape nothing. The frame is HTML and escapes everything.
    """

    def __init__(self, folders: Sequence[Path | Traversable]) -> None:
        self._folders = folders
        self._jinja = Environment(
            loader=FunctionLoader(self._source),
            undefined=StrictUndefined,
            autoescape=lambda name: name == _FRAME,  # noqa: S701 - letters are plain text
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters = (dates.hari, dates.tanggal, dates.jam, dates.waktu)
        self._jinja.filters |= {each.__name__: each for each in filters}

    def letter(self, code: LetterCode, facts: Mapping[str, object]) -> tuple[str, str]:
        """Give subject and text of a letter. Raises RejectedError when its template is at fault."""
        name = f"{_LANGUAGE}/{code}.j2"
        with _blamed(name):
            template = self._jinja.get_template(name)
            context = template.new_context(dict(facts))
            subject = "".join(template.blocks["subject"](context))
            text = "".join(template.blocks["text"](context))
        return subject.strip(" \n"), text.strip("\n") + "\n"

    def frame(self, facts: Mapping[str, object]) -> str:
        """Give the HTML page around a rendered text. Raises RejectedError as `letter` does."""
        with _blamed(_FRAME):
            return self._jinja.get_template(_FRAME).render(facts) + "\n"

    def _source(self, name: str) -> str | None:
        for folder in self._folders:
            file = folder.joinpath(*name.split("/"))
            if file.is_file():
                return file.read_text(encoding="utf-8")
        return None


@contextmanager
def _blamed(name: str) -> Iterator[None]:
    """Turn a template's fault into the letter's: one bad template must not stop the others."""
    try:
        yield
    except TemplateError as error:
        reason = f"{type(error).__name__}: {error.message}"
    except KeyError as error:
        reason = f"it has no block {error}"
    else:
        return
    raise RejectedError(f"the template {name} is at fault: {reason}")
