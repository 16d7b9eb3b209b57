"""How a cell reads: Google's render options, number formats and the spreadsheet's locale."""

import math
import re
from datetime import datetime
from typing import Final

from automation.sandbox.google import dates
from automation.sandbox.google.book import Cell, Scalar
from automation.sandbox.google.entering import number_format
from automation.sandbox.google.errors import Json

_DATES: Final = {"DATE", "TIME", "DATE_TIME"}
_DEFAULT: Final = {
    "en_US": {"DATE": "m/d/yyyy", "TIME": "h:mm:ss am/pm", "DATE_TIME": "m/d/yyyy h:mm:ss"},
    "id_ID": {"DATE": "dd/mm/yyyy", "TIME": "h:mm:ss", "DATE_TIME": "dd/mm/yyyy h:mm:ss"},
}
_PATTERNS: Final = {
    "PERCENT": "0.00%",
    "CURRENCY": '"$"#,##0.00',
    "NUMBER": "#,##0.00",
    "SCIENTIFIC": "0.00E+00",
}
_ERRORS: Final = {
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "REF": "#REF!",
    "VALUE": "#VALUE!",
    "ERROR": "#ERROR!",
}
_TOKEN: Final = re.compile(r'"([^"]*)"|\\(.)|([ymdhs]+|am/pm|a/p)|(.)', re.IGNORECASE | re.DOTALL)
_NUMBER: Final = re.compile(r"[#0,]*[#0](?:\.([#0]+))?(E\+0+)?")
_MONTHS: Final = {
    "en_US": "January February March April May June July "
    "August September October November December",
    "id_ID": "Januari Februari Maret April Mei Juni Juli "
    "Agustus September Oktober November Desember",
}
_DAYS: Final = {
    "en_US": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "id_ID": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
}
_LARGE: Final = 1e15
"""Numbers from here on are shown in scientific notation."""


def rendered(cell: Cell, option: str, dates_as: str, locale: str) -> Scalar:
    """Give what a read returns for a cell; "" for a blank one."""
    if option == "FORMULA" and cell.formula:
        return cell.formula
    if cell.value is None and not cell.error:
        return ""
    if option == "FORMATTED_VALUE":
        return shown(cell, locale)
    is_date = number_format(cell).get("type") in _DATES and not isinstance(cell.value, (str, bool))
    if dates_as == "FORMATTED_STRING" and is_date:
        return shown(cell, locale)
    return _ERRORS[cell.error] if cell.error else cell.value


def options(query: Json, prefix: str = "") -> tuple[str, str]:
    """Read the two render options of a request, or those for its response."""
    names = ("valueRenderOption", "dateTimeRenderOption")
    if prefix:
        names = ("responseValueRenderOption", "responseDateTimeRenderOption")
    return query.get(names[0], "FORMATTED_VALUE"), query.get(names[1], "SERIAL_NUMBER")


def shown(cell: Cell, locale: str) -> str:
    """Give the text that a person sees."""
    if cell.error:
        return _ERRORS[cell.error]
    if isinstance(cell.value, bool):
        return "TRUE" if cell.value else "FALSE"
    if not isinstance(cell.value, (int, float)):
        return cell.value or ""
    chosen = number_format(cell)
    kind, pattern = chosen.get("type", ""), chosen.get("pattern", "")
    if kind in _DATES:
        return _date(cell.value, pattern or _DEFAULT.get(locale, _DEFAULT["id_ID"])[kind], locale)
    if kind == "TEXT" or not (pattern or kind in _PATTERNS):
        return _signs(general(cell.value), locale)
    return _number(cell.value, pattern or _PATTERNS[kind], locale)


def general(value: float) -> str:
    """Write a number without a format: ten significant digits."""
    if abs(value) >= _LARGE:
        digits, power = f"{value:.5E}".split("E")
        return f"{digits.rstrip('0').rstrip('.')}E{power}"
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    text = f"{value:.10g}"
    return text if "e" not in text else f"{value:.14f}".rstrip("0")


def _signs(text: str, locale: str) -> str:
    """Exchange point and comma where the locale wants it."""
    return text if locale == "en_US" else text.translate(str.maketrans(",.", ".,"))


def _number(value: float, pattern: str, locale: str) -> str:
    match = _NUMBER.search(pattern)
    if match is None:
        return _literal(pattern) if pattern != "@" else _signs(general(value), locale)
    before, after = _literal(pattern[: match.start()]), _literal(pattern[match.end() :])
    amount = abs(value) * (100 if "%" in after else 1)
    places = len(match[1] or "")
    if match[2]:
        text = f"{amount:.{places}E}"
    else:
        grown = math.floor(amount * 10**places + 0.5) / 10**places
        text = f"{grown:,.{places}f}" if "," in match[0] else f"{grown:.{places}f}"
    return ("-" if value < 0 else "") + before + _signs(text, locale) + after


def _literal(text: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda found: found[1] or found[2] or "", text)


def _date(value: float, pattern: str, locale: str) -> str:
    try:
        moment = dates.moment(value)
    except OverflowError:
        return general(value)
    tokens = [match.groups() for match in _TOKEN.finditer(pattern)]
    twelve = any((code or "").lower() in {"am/pm", "a/p"} for _, _, code, _ in tokens)
    text, last = "", ""
    for at, (quoted, escaped, code, other) in enumerate(tokens):
        if code is None:
            text += quoted or escaped or other or ""
            continue
        following = next((c for _, _, c, _ in tokens[at + 1 :] if c), "")
        minutes = code.lower() in {"m", "mm"} and ("h" in last or "s" in following.lower())
        text += _minutes(moment, code) if minutes else _part(moment, code.lower(), locale, twelve)
        last = code.lower()
    return text


def _minutes(moment: datetime, code: str) -> str:
    return f"{moment.minute:0{len(code)}}"


def _part(moment: datetime, code: str, locale: str, twelve: bool) -> str:  # noqa: FBT001 - as the pattern says
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    months = _MONTHS.get(locale, _MONTHS["en_US"]).split()
    day = _DAYS.get(locale, _DAYS["en_US"]).split()[moment.weekday()]
    month = months[moment.month - 1]
    parts = {
        "d": f"{moment.day}",
        "dd": f"{moment.day:02}",
        "ddd": day[:3],
        "dddd": day,
        "m": f"{moment.month}",
        "mm": f"{moment.month:02}",
        "mmm": month[:3],
        "mmmm": month,
        "yy": f"{moment.year % 100:02}",
        "yyyy": f"{moment.year}",
        "h": f"{hour}",
        "hh": f"{hour:02}",
        "s": f"{moment.second}",
        "ss": f"{moment.second:02}",
        "am/pm": "AM" if moment.hour < 12 else "PM",  # noqa: PLR2004 - noon
    }
    return parts.get(code, code)
