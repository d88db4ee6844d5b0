"""What a person typed, sought in texts."""

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def contains(text: InstrumentedAttribute[Any], typed: str) -> ColumnElement[bool]:
    """Tell whether a text has what was typed, in lower or upper case.

    SQLite knows the case of ASCII letters alone, so the usual spellings are each sought.
    """
    spellings = sorted({typed, typed.lower(), typed.upper(), typed.capitalize()})
    return or_(*(text.icontains(one, autoescape=True) for one in spellings))
