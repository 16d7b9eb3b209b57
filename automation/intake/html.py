"""HTML to text: what a good mail client shows, as lines, in one linear pass over the tags.

No tree is built. The parsers that build one need quadratic time for what a stranger may send: a
megabyte of nested `<div>` took selectolax three minutes, one tag with 100,000 attributes seventeen
seconds. A reader of text needs only to know where lines end and what is hidden.
"""

import re
from html import unescape
from typing import Final

from automation.intake.charsets import clean

_MARKUP: Final = 1_000_000  # characters that are looked at, pictures inside the text not counted
_LINK: Final = 300  # characters of an address worth showing
_NESTED: Final = 20  # quotes and lists

_INLINE_PICTURE: Final = re.compile(r"data:[\w.+/-]{1,100};base64,[A-Za-z0-9+/=\s]+", re.ASCII)
_TOKEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<raw>script|style|title|template)\b[^>]*>"
    r".*?(?:</(?P=raw)\b[^>]*>|\Z)"
    r"|<(?P<slash>/?)(?P<name>[a-z][a-z0-9:]{0,30})(?P<attributes>[^>]*)>"
    r"|<[!?/][^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET: Final = re.compile(
    rb"<meta[^>]{1,200}?charset\s{0,9}=[\s\"']{0,9}([\w:.-]{1,40})", re.IGNORECASE
)
_HEAD: Final = 2_048  # bytes in which a page must tell its charset (WHATWG HTML: 1,024)

_HIDDEN: Final = re.compile(
    r"""display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all
    |font-size\s*:\s*0(?:px|pt|em|%)?\s*[;"']|\shidden(?=[\s=/]|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_PIXEL: Final = re.compile(r"""\s(?:width|height)\s*=\s*["']?[01](?:px)?(?!\d)""", re.IGNORECASE)
_ALT: Final = re.compile(r"""\salt\s*=\s*(?:"([^"]*)|'([^']*))""", re.IGNORECASE)
_HREF: Final = re.compile(r"""\shref\s*=[\s"']*((?:https?://|mailto:)[^\s"']+)""", re.IGNORECASE)
_CITED: Final = re.compile(r"""type\s*=\s*["']?cite|gmail_quote|yahoo_quoted""", re.IGNORECASE)
_LONG_NUMBER: Final = re.compile(r"&#x?[0-9a-f]{10,};?", re.IGNORECASE)  # no character
_SPACE: Final = re.compile(r"[ \t\n\f\r]+")

_LINES: Final = {
    **dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol"), 2),
    **dict.fromkeys(("div", "tr", "li", "table", "section", "article", "header", "footer"), 1),
    **dict.fromkeys(("center", "dl", "dt", "dd", "address", "hr", "form", "body", "html"), 1),
    **dict.fromkeys(("main", "nav", "aside", "figure", "figcaption", "caption", "fieldset"), 1),
}
"""Line ends around an element: 2 leaves an empty line."""
_SELF_ENDING: Final = frozenset({"p", "li", "td", "th", "tr", "dt", "dd"})
_VOID: Final = frozenset({"img", "br", "hr", "input", "meta", "link", "wbr", "col", "area", "base"})


def declared_charset(page: bytes) -> str:
    """Give the charset that a page declares in its own `<meta>`, or ""."""
    found = _CHARSET.search(page, 0, _HEAD)
    return found[1].decode("ascii", "replace") if found else ""


def text(markup: str) -> str:
    """Give the text that a reader of this HTML sees; quoted history stands behind "> ".

    Links are followed by their address where the text does not name it, pictures are their
    alternative text, what is hidden is left out. Linear in time; never raises.
    """
    markup = _INLINE_PICTURE.sub("", markup)[:_MARKUP]
    page = _Page()
    page.read(markup)
    if page.hiding:  # an element that was never closed would swallow the rest of a complaint
        page = _Page(show_all=True)
        page.read(markup)
    return page.text()


class _Page:
    """Lines as they grow while the tags go by."""

    def __init__(self, *, show_all: bool = False) -> None:
        self.hiding = ""  # name of the hidden element we are in
        self._nested = 0  # elements of that name open within it
        self._show_all = show_all
        self._told: list[str] = []
        self._due = 0  # line ends to write before the next word
        self._space = False  # a space to write before the next word
        self._quotes: list[bool] = []  # open blockquotes: is it cited history
        self._lists: list[int] = []  # open lists: the last number, -1 without numbers
        self._verbatim = 0
        self._link = ("", 0)  # address, and where its text begins

    def read(self, markup: str) -> None:
        """Take in a whole document."""
        end = markup.rfind(">") + 1  # behind it nothing can be a tag
        at = 0
        for token in _TOKEN.finditer(markup, 0, end):
            self._say(markup[at : token.start()])
            at = token.end()
            if token["name"]:
                self._tag(token["name"].lower(), token["attributes"], closing=bool(token["slash"]))
        self._say(markup[at:])
        self._end_link()

    def text(self) -> str:
        """Give the lines."""
        return clean("".join(self._told)).strip()

    def _tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if self.hiding:
            self._still_hiding(name, closing=closing)
        elif not closing and self._hides(name, attributes):
            self.hiding, self._nested = name, 1
        else:
            self._break(_LINES.get(name, 0))
            if closing:
                self._close(name)
            else:
                self._open(name, attributes)

    def _hides(self, name: str, attributes: str) -> bool:
        return not self._show_all and name not in _VOID and bool(_HIDDEN.search(attributes))

    def _still_hiding(self, name: str, *, closing: bool) -> None:
        if name == self.hiding:
            again = name in _SELF_ENDING
            self._nested += -1 if closing or again else 1
            self.hiding = name if self._nested else ""

    def _open(self, name: str, attributes: str) -> None:
        match name:
            case "br":
                self._due = min(2, self._due + 1)
                self._space = False
            case "td" | "th":
                self._space = True
            case "a":
                self._end_link()
                href = _HREF.search(attributes)
                self._link = (unescape(href[1][:_LINK]) if href else "", len(self._told))
            case "img":
                self._picture(attributes)
            case "pre":
                self._verbatim += 1
            case "blockquote" | "ul" | "ol" | "li":
                self._open_block(name, attributes)
            case _:
                pass

    def _open_block(self, name: str, attributes: str) -> None:
        if name == "blockquote" and len(self._quotes) < _NESTED:
            self._quotes.append(bool(_CITED.search(attributes)))
        elif name in {"ul", "ol"} and len(self._lists) < _NESTED:
            self._lists.append(0 if name == "ol" else -1)
        elif name == "li":
            numbered = bool(self._lists) and self._lists[-1] >= 0
            if numbered:
                self._lists[-1] += 1
            self._word(f"{self._lists[-1]}." if numbered else "-")
            self._space = True

    def _close(self, name: str) -> None:
        match name:
            case "a":
                self._end_link()
            case "pre":
                self._verbatim = max(0, self._verbatim - 1)
            case "blockquote" if self._quotes:
                self._quotes.pop()
            case "ul" | "ol" if self._lists:
                self._lists.pop()
            case _:
                pass

    def _picture(self, attributes: str) -> None:
        alt = _ALT.search(attributes)
        if alt and not _PIXEL.search(attributes) and not _HIDDEN.search(attributes):
            self._say(f" {alt[1] or alt[2] or ''} ")

    def _end_link(self) -> None:
        address, start = self._link
        self._link = ("", 0)
        said = "".join(self._told[start:]) if address else ""
        if address.startswith("mailto:"):
            address = address[len("mailto:") :].partition("?")[0]
        if said.strip() and len(address) < _LINK and address.rstrip("/") not in said:
            space, self._space = self._space, True
            self._word(f"<{address}>")
            self._space = space

    def _say(self, coded: str) -> None:
        if not coded or self.hiding:
            return
        told = unescape(_LONG_NUMBER.sub("", coded)) if "&" in coded else coded
        if self._verbatim:
            self._lines(told)
            return
        words = _SPACE.sub(" ", told)
        self._space = self._space or words[:1] == " "
        if words.strip(" "):
            self._word(words.strip(" "))
            self._space = words[-1] == " "

    def _lines(self, told: str) -> None:
        first, *rest = clean(told).split("\n")
        for number, line in enumerate((first, *rest)):
            self._due = min(2, self._due + bool(number))
            if line.strip():
                self._space = False
                self._word(line)

    def _break(self, lines: int) -> None:
        if lines:
            self._due = max(self._due, lines)
            self._space = False

    def _word(self, word: str) -> None:
        if not self._told or self._due:
            self._told.append("\n" * self._due if self._told else "")
            self._told.append("> " * sum(self._quotes))
        elif self._space:
            self._told.append(" ")
        self._told.append(word)
        self._due, self._space = 0, False
