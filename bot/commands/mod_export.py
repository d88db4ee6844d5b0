"""Tables to keep: what the programme knows of a period, as a file for a spreadsheet."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

from sqlalchemy.orm import Session

from bot import spreadsheets
from bot.command import Access, Argument, Call, command
from bot.commands.acting import BY_HAND, act, put_on_record
from bot.commands.periods import moment
from bot.language import N_, _, minute, number
from bot.reply import File, Refused, Reply, Tone
from bot.spreadsheets import Sheet
from db import exporting, seasons
from db.aside import aside
from db.export_kinds import Period
from db.refused import Term

MOST_BYTES = 8_000_000
"""Of a file that every chat platform takes."""
MOST_ROWS = 250_000
"""Of a file that goes through a chat."""
SHORTER = N_(
    "Choose a shorter period with since and until, "
    "or use fairpoints mod record export in a terminal, which writes any size."
)


class What(Enum):
    """What can be exported."""

    POINTS = "points"
    LEDGER = "ledger"
    REDEMPTIONS = "redemptions"
    AUDIT = "audit"
    VIDEOS = "videos"
    SENTIMENTS = "sentiments"


TABLES = (
    N_("points"),
    N_("ledger"),
    N_("redemptions"),
    N_("audit"),
    N_("videos"),
    N_("sentiments"),
)
"""What a file holds, as the translators get it."""


class Form(Enum):
    """How it is written."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted, and how many rows it may have."""

    what: str
    form: str
    period: Period
    most_rows: int | None
    """None: any number."""


@command("mod record export", "A table as a file", private=True, access=Access.MODERATOR, slow=True)
async def export(
    call: Call,
    what: Annotated[What, Argument("Which table")],
    since: Annotated[str, Argument("First day, or 7d (UTC)")] = "",
    until: Annotated[str, Argument("Day after the last (UTC)")] = "",
    form: Annotated[Form, Argument("csv or xlsx")] = Form.CSV,
) -> Reply:
    """Write a period's rows into a file; that somebody did stands in the record."""
    period = await _period(call, what, since, until)
    most = MOST_ROWS if call.leave_in is None else spreadsheets.MOST_ROWS[form.value]
    asked = Asked(what.value, form.value, period, most)
    with tempfile.TemporaryDirectory(prefix="fairpoints-") as folder:
        path = Path(folder) / _name(asked)
        rows = await _written(call, asked, path)
        file, where = await asyncio.to_thread(_handed_over, call.leave_in, path)
    done = act(call, "mod record export", asked.what, BY_HAND, after=_noted(asked, rows))
    said = _exported(asked, rows, where)
    kept = await call.write(lambda _none: said, put_on_record, call, done)
    return replace(kept, file=file)


async def _period(call: Call, what: What, since: str, until: str) -> Period:
    """Return the period asked for; the season so far where none is; of points and videos all."""
    begin, end = moment("since", since, call.now), moment("until", until, call.now)
    if begin and end and begin >= end:
        raise Refused("The period ends before it begins: {until} is not after {since}.",
                      since=since, until=until)  # fmt: skip
    if begin is None and what not in (What.POINTS, What.VIDEOS):
        season = await call.read(seasons.current, call.now)
        starts = season.starts_at if season else None
        begin = starts if starts and (end is None or starts < end) else None
    return Period(begin, end)


def _name(asked: Asked) -> str:
    days = [f"{one:%Y-%m-%d}" for one in (asked.period.since, asked.period.until) if one]
    return "-".join((asked.what, *days)) + f".{asked.form}"


async def _written(call: Call, asked: Asked, path: Path) -> int:
    """Write the file; return how many rows it has."""
    sheet, rows = await call.read(_write, asked, path)
    await asyncio.to_thread(sheet.close)
    return rows


def _write(session: Session, asked: Asked, path: Path) -> tuple[Sheet, int]:
    """Write every row, and leave it to the caller to finish the file."""
    sheet = spreadsheets.begin(asked.form, path, exporting.columns(asked.what))
    try:
        return sheet, _write_rows(session, asked, sheet)
    except BaseException:
        sheet.close()
        raise


def _write_rows(session: Session, asked: Asked, sheet: Sheet) -> int:
    rows = 0
    for batch in exporting.batches(session, asked.what, asked.period):
        rows += len(batch)
        if asked.most_rows is not None and rows > asked.most_rows:
            raise _too_many(asked.most_rows)
        aside(session.connection(), _add, sheet, batch)
    return rows


def _add(sheet: Sheet, batch: Sequence[Sequence[Any]]) -> None:
    for row in batch:
        sheet.write(row)


def _too_many(most: int) -> Refused:
    if most == MOST_ROWS:
        return Refused("That is more than {most} rows. {shorter}", most=most, shorter=Term(SHORTER))
    return Refused("A sheet holds {most} rows, and these are more; form=csv has no end.", most=most)


def _handed_over(folder: Path | None, path: Path) -> tuple[File | None, Path | None]:
    """Return the file for a chat, or where it was left."""
    if folder is not None:
        return None, _left(folder, path)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Refused("The file has {size} MB, and chats take {most}. {shorter}",
                      size=-(-size // 1_000_000), most=MOST_BYTES // 1_000_000,
                      shorter=Term(SHORTER))  # fmt: skip
    return File(path.read_bytes(), path.name), None


def _left(folder: Path, path: Path) -> Path:
    """Move a file into a folder, under a name that is free there."""
    names = (path.name, *(f"{path.stem}-{number}{path.suffix}" for number in range(2, 1_000)))
    place = next(folder / one for one in names if not (folder / one).exists())
    shutil.move(path, place)
    place.chmod(0o600)
    return place


def _noted(asked: Asked, rows: int) -> dict[str, object]:
    since, until = (one and one.isoformat() for one in (asked.period.since, asked.period.until))
    return {"form": asked.form, "since": since, "until": until, "rows": rows}


def _exported(asked: Asked, rows: int, where: Path | None) -> Reply:
    facts = [(_("Period"), _said(asked.period)), (_("Rows"), number(rows))]
    if where is not None:
        facts.append((_("File"), str(where)))
    return Reply(
        title=_("Export: {what}", what=_(asked.what)),
        facts=tuple(facts),
        note=_("Times are UTC. It holds what people wrote: keep it where moderators alone look."),
        tone=Tone.GOOD,
    )


def _said(period: Period) -> str:
    if period.since and period.until:
        return _("{since} until {until}", since=minute(period.since), until=minute(period.until))
    if period.since:
        return _("since {since}", since=minute(period.since))
    return _("until {until}", until=minute(period.until)) if period.until else _("all times")
