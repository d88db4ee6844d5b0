"""Creators: who they are, found by handle, and kept apart from the names they use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from db import ledger
from db.ids import readable
from db.models import Creator
from db.observed import Observed
from db.refused import Refused

ID_LENGTH = 16
KNOWN = ("author_id", "handle", "nickname", "follower_count", "video_count", "observed_at")


@dataclass(frozen=True, slots=True)
class Found:
    """A creator as commands name one."""

    creator_id: str
    handle: str
    nickname: str | None
    follower_count: int | None
    video_count: int | None


def find(session: Session, handle: str) -> Found | None:
    """Return the creator who has this handle now (with or without @), else None."""
    wanted = handle.strip().removeprefix("@").lower()
    found = session.scalar(select(Creator).where(Creator.handle == wanted))
    return None if found is None else _found(found)


def known(session: Session, handle: str) -> Found:
    """Return the creator who has this handle now, else `Refused`."""
    found = find(session, handle)
    if found is None:
        wanted = handle.strip().removeprefix("@")
        raise Refused("There is no creator @{handle}.", handle=wanted)
    return found


def get(session: Session, creator_id: str) -> Found:
    """Return a creator by id."""
    return _found(session.get_one(Creator, creator_id))


def starting_with(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Return the handles that begin with what was typed, in order."""
    begin = typed.strip().removeprefix("@").lower()
    statement = select(Creator.handle).where(Creator.handle.startswith(begin, autoescape=True))
    return [one for one in session.scalars(statement.order_by(Creator.handle).limit(limit)) if one]


def _found(one: Creator) -> Found:
    name = one.handle or one.creator_id
    return Found(one.creator_id, name, one.nickname, one.follower_count, one.video_count)


def id_by_handle(handle: str) -> str:
    """Return the id of a creator whom a source names by handle alone; it does not tell the handle.

    The ledger keeps this id for ever, also of a creator who asked to be forgotten.
    """
    return readable(f"@{handle}", ID_LENGTH)


def _ids_by_handle(handle: str) -> tuple[str, str]:
    """Return the id that such a creator gets, and the one that they got in older databases."""
    return id_by_handle(handle), f"@{handle}"


@dataclass(slots=True)
class _Draft:
    """A creator while a batch of rows is worked in."""

    creator_id: str
    author_id: str | None = None
    handle: str | None = None
    nickname: str | None = None
    follower_count: int | None = None
    video_count: int | None = None
    observed_at: datetime | None = None
    new: bool = False
    dirty: bool = False
    renamed: bool = False

    def row(self) -> dict[str, object]:
        """Return the columns as the table keeps them."""
        return {name: getattr(self, name) for name in ("creator_id", *KNOWN)}


@dataclass(slots=True)
class _Drafts:
    """The creators that a batch speaks of, by each way of naming them."""

    by_author: dict[str, _Draft] = field(default_factory=dict)
    by_handle: dict[str, _Draft] = field(default_factory=dict)
    by_id: dict[str, _Draft] = field(default_factory=dict)

    def add(self, draft: _Draft) -> _Draft:
        """Let a draft be found."""
        self.by_id[draft.creator_id] = draft
        if draft.author_id:
            self.by_author[draft.author_id] = draft
        if draft.handle:
            self.by_handle[draft.handle] = draft
        return draft

    def of(self, row: Observed, owner_id: str | None) -> _Draft:
        """Return the row's creator: its video's, else by TikTok's id, else by handle, else new."""
        if owner_id is not None:
            return self.by_id[owner_id]
        if row.author_id is None:
            return self.by_handle.get(row.handle) or self._begin(row, *_ids_by_handle(row.handle))
        if row.author_id in self.by_author:
            return self.by_author[row.author_id]
        nameless = self.by_handle.get(row.handle)
        if nameless is not None and nameless.author_id is None:
            return nameless
        return self._begin(row, row.author_id)

    def _begin(self, row: Observed, *creator_ids: str) -> _Draft:
        """Return the creator who has one of these ids, else a new one under the first."""
        for one in creator_ids:
            if one in self.by_id:
                return self.by_id[one]
        return self.add(_Draft(creator_ids[0], author_id=row.author_id, new=True))


def record(
    session: Session, rows: Sequence[Observed], known: Mapping[str, str]
) -> tuple[dict[str, str], list[Observed]]:
    """Bring creators up to date with a batch of rows; return each video's creator_id.

    With it come the rows that name another creator than their video's, by TikTok's id: nothing is
    learned from those. `known` tells the creator_id of the videos that were recorded before: a
    video keeps its owner. A handle that another account took over leaves its old owner. Handles
    and figures follow the newest observation only, so an old export that is read late changes
    neither.
    """
    owners = dict(known)
    strangers = []
    drafts = _known(session, rows, known.values())
    for row in sorted(rows, key=lambda one: one.observed_at):
        draft = drafts.of(row, owners.get(row.video_id))
        if row.author_id and draft.author_id not in (None, row.author_id):
            strangers.append(row)
            continue
        owners.setdefault(row.video_id, draft.creator_id)
        _learn(drafts, draft, row)
    _save(session, drafts)
    return owners, strangers


def _known(session: Session, rows: Sequence[Observed], owner_ids: Iterable[str]) -> _Drafts:
    """Return the creators that the rows may speak of, by whatever name."""
    nameless = {row.handle for row in rows if row.author_id is None}
    ids = {*owner_ids, *(one for handle in nameless for one in _ids_by_handle(handle))}
    spoken_of = or_(
        Creator.author_id.in_({row.author_id for row in rows if row.author_id}),
        Creator.handle.in_({row.handle for row in rows}),
        Creator.creator_id.in_(ids),
    )
    drafts = _Drafts()
    for one in session.execute(select(*_COLUMNS).where(spoken_of)):
        drafts.add(_Draft(*one))
    return drafts


_COLUMNS = [getattr(Creator, name) for name in ("creator_id", *KNOWN)]
"""In the order of a draft's fields."""


def _learn(drafts: _Drafts, draft: _Draft, row: Observed) -> None:
    if row.author_id and drafts.by_author.setdefault(row.author_id, draft) is not draft:
        return  # what it says is of somebody who is known under this id already
    if row.author_id and draft.author_id is None:
        draft.author_id, draft.dirty = row.author_id, True
    if draft.observed_at is not None and row.observed_at <= draft.observed_at:
        return
    draft.observed_at, draft.dirty = row.observed_at, True
    draft.nickname = row.nickname or draft.nickname
    draft.follower_count = _newer(row.follower_count, draft.follower_count)
    draft.video_count = _newer(row.video_count, draft.video_count)
    _take_handle(drafts, draft, row)


def _newer(seen: int | None, known: int | None) -> int | None:
    return known if seen is None else seen


def _take_handle(drafts: _Drafts, draft: _Draft, row: Observed) -> None:
    holder = drafts.by_handle.get(row.handle)
    if holder is draft:
        return
    if draft.handle:
        del drafts.by_handle[draft.handle]
    draft.handle, draft.renamed = None, True
    if holder is not None:
        if holder.observed_at is not None and holder.observed_at > row.observed_at:
            return  # who has the handle took it since
        holder.handle, holder.dirty, holder.renamed = None, True, True
    draft.handle = row.handle
    drafts.by_handle[row.handle] = draft


def _save(session: Session, drafts: _Drafts) -> None:
    changed = [one for one in drafts.by_id.values() if one.dirty and not one.new]
    new = [one for one in drafts.by_id.values() if one.new]
    _free_handles(session, [one.creator_id for one in changed if one.renamed])
    if changed:
        session.execute(update(Creator), [one.row() for one in changed])
    if new:
        session.connection().execute(insert(Creator), [one.row() for one in new])
        ledger.open_accounts(session, [one.creator_id for one in new])


def _free_handles(session: Session, creator_ids: Sequence[str]) -> None:
    """Let all who change their handle give it up first, since handles are unique."""
    if creator_ids:
        session.execute(
            update(Creator)
            .where(Creator.creator_id.in_(creator_ids))
            .values(handle=None)
            .execution_options(synchronize_session=False)
        )
