"""Every word that a person reads goes through here: translated, with numbers and days as they say.

A command runs inside `speaking(...)`, and whatever it says meanwhile is said in that language:

    _("{reward} costs {price} points", reward=name, price=150)
    several("{count} video", "{count} videos", 3)

Words that stand in a table are marked with `N_` there and said with `_` where they are shown.
Catalogues lie in `locale/<language>/LC_MESSAGES/fairpoints.po`; English is in the code itself.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, localcontext
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency, format_decimal, get_decimal_symbol, get_group_symbol

from db.refused import Refused, Sentence, Term

N_ = str
"""Marks words for the translators where they are not said yet: `N_("Views")`, later `_(words)`."""

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "es": "Español"}
"""Each language by its code, in its own words."""
FOLDER = Path(__file__).parent / "locale"
FORMATS = {ENGLISH: "en_001"}
"""Whose habits of writing numbers and days are followed, where that is not the code's own."""


DOLLARS, MICROS = "USD", 1_000_000
LEAST_IN_CENTS = 100_000
"""From ten cents on, two digits after the point say enough."""
TYPED_DIGITS = 1_000
"""More than a number has that a person types, which is said back where it is refused."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A language, and the timezone in which times are said."""

    code: str = ENGLISH
    zone: tzinfo = UTC

    @property
    def locale(self) -> Locale:
        """How numbers and days are written."""
        return _locale(self.code)

    @property
    def catalogue(self) -> NullTranslations:
        """The translations."""
        return _catalogue(self.code)


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(FORMATS.get(code, code))


@cache
def _catalogue(code: str) -> NullTranslations:
    if code == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # only where it is spoken
    from babel.messages.pofile import read_po  # noqa: PLC0415  # the same

    compiled = io.BytesIO()
    with (FOLDER / code / "LC_MESSAGES" / "fairpoints.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


_DEFAULT = Speech()
_SPOKEN: ContextVar[Speech] = ContextVar("spoken", default=_DEFAULT)


def spoken() -> Speech:
    """Return the language that is spoken now."""
    return _SPOKEN.get()


@contextmanager
def speaking(speech: Speech) -> Iterator[None]:
    """Speak a language until the end of the block."""
    before = _SPOKEN.set(speech)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def nearest(*wanted: str) -> str:
    """Return the first language that is spoken here, such as `es` for Discord's `es-419`."""
    codes = (one.replace("_", "-").partition("-")[0].lower() for one in wanted)
    return next((code for code in codes if code in LANGUAGES), ENGLISH)


def zone(name: str) -> tzinfo:
    """Return a timezone by its name, such as `Asia/Kuala_Lumpur`; UTC for "".

    Raises ZoneInfoNotFoundError (a KeyError) or ValueError for a name that is none.
    """
    return ZoneInfo(name) if name else UTC


def _(text: str, /, **values: object) -> str:
    """Say a sentence, with its values in the places that it names in braces."""
    return _filled(spoken().catalogue.gettext(text), values)


def several(one: str, more: str, count: int, /, **values: object) -> str:
    """Say how many: `{count}` is the number."""
    return _filled(spoken().catalogue.ngettext(one, more, count), {"count": count, **values})


def in_words(refused: Refused) -> str:
    """Say why something was refused."""
    if refused.plural:
        text = spoken().catalogue.ngettext(refused.text, refused.plural, refused.count)
        return _filled(text, refused.values)
    return _(refused.text, **refused.values)


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format(**{name: _said(one) for name, one in values.items()}) if values else text


def _said(value: object) -> str:
    """Say numbers, moments, terms and sentences as the language does; other text stays."""
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, Sentence):
        return in_words(value.refused)
    if isinstance(value, Term):
        return _(value)
    return number(value) if isinstance(value, int) else str(value)


def number(value: float | Decimal, digits: int = 0) -> str:
    """Say a number with its thousands apart, such as `1,234`, and so many digits after a point."""
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    with localcontext(prec=TYPED_DIGITS):
        return format_decimal(value, pattern, spoken().locale)


def money(micros: int) -> str:
    """Say millionths of a dollar as dollars; a small sum with two digits that count."""
    pattern = _locale(spoken().code).currency_formats["standard"].pattern
    digits = 2 if micros >= LEAST_IN_CENTS or micros <= 0 else 8 - len(str(micros))
    return format_currency(
        Decimal(micros) / MICROS,
        DOLLARS,
        pattern.replace(".00", f".{'0' * min(digits, 6)}"),
        spoken().locale,
        currency_digits=False,
    )


def written(text: str) -> str:
    """Say a figure that Python wrote, such as `-1,234.56`, `12.5%` or `1e-09`, with all digits."""
    locale = spoken().locale
    symbols = {
        ".": get_decimal_symbol(locale),
        ",": get_group_symbol(locale),
        "%": _percent(locale),
    }
    return "".join(symbols.get(sign, sign) for sign in text)


def _percent(locale: Locale) -> str:
    """Return the sign that follows a share, with the blank that some languages set before it."""
    return str(locale.percent_formats[None].pattern).lstrip("#,0")


def whole(text: str) -> str:
    """Return a whole number as Python reads it, from one whose thousands stand apart."""
    return text.replace(get_group_symbol(spoken().locale), "")


def dated(one: date, parts: str = "yMMMd") -> str:
    """Say a calendar day by its parts in CLDR's letters, such as `yMMM` for `Nov 2026`."""
    return format_skeleton(parts, one, locale=spoken().locale)


def day(moment: datetime) -> str:
    """Say a day, such as `3 Nov 2026`."""
    local = moment.astimezone(spoken().zone)
    return format_date(local, "medium", spoken().locale)


def minute(moment: datetime) -> str:
    """Say a moment, such as `3 Nov 2026 14:05 UTC`."""
    local = moment.astimezone(spoken().zone)
    clock = format_datetime(local, "HH:mm", locale=spoken().locale)
    return f"{day(moment)} {clock} {_zone_name(local)}"


def _zone_name(local: datetime) -> str:
    """Return `UTC`, or what stands for the zone, such as `CET`, `UTC+8` or `UTC+5:45`."""
    short = local.tzname() or "UTC"
    if short[:1] not in "+-":
        return short
    hours, minutes = int(short[1:3]), short[3:5]
    return f"UTC{short[0]}{hours}{f':{minutes}' if minutes else ''}"
