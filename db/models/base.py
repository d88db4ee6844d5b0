"""What all tables share."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from db.columns import Moment, Real, Whole

Id = Annotated[str, mapped_column(Text, primary_key=True)]

STRICT = {"sqlite_strict": True}


class Base(DeclarativeBase):
    """The root of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: Whole,
        float: Real,
        datetime: Moment(),
    }


def references(column: str) -> MappedColumn[Any]:
    """Return a column that holds another row's id."""
    return mapped_column(Text, ForeignKey(column))
