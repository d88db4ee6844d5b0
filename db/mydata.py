"""Everything that is held on a person, in words that a program reads: for them alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce
from sqlalchemy.orm import Session

from db import ledger
from db.models import (
    Account,
    Appeal,
    Audit,
    Base,
    Code,
    Creator,
    Dispute,
    Entry,
    Identity,
    Judgement,
    KeptPicture,
    Notice,
    Outcome,
    Person,
    Post,
    Reading,
    Redemption,
    Review,
    Sample,
    Sentiment,
    Transfer,
    Video,
    VideoFile,
)

Rows = list[dict[str, Any]]
SECRET = {"digest"}
"""Columns that are of no use to anybody but the program."""
MODERATORS = {"actor", "changed_by", "decided_by"}
"""Columns that tell who acted: the account of a moderator is the moderator's own."""


def held_on(
    session: Session, person_id: str | None, creator_id: str | None, now: datetime
) -> dict[str, Any]:
    """Return what is held on a person and on the creator that they are, as plain JSON."""
    found: dict[str, Any] = {"made_at": now.isoformat()}
    if person_id is not None:
        found |= _of_person(session, person_id)
    if creator_id is not None:
        found |= _of_creator(session, creator_id)
    found["record"] = _record(session, [one for one in (person_id, creator_id) if one])
    return found


def _of_person(session: Session, person_id: str) -> dict[str, Any]:
    disputes = or_(Dispute.holder_id == person_id, Dispute.claimant_id == person_id)
    identities = _rows(session, Identity, Identity.person_id == person_id)
    actors = [f"{one['platform']}:{one['user_id']}" for one in identities]
    return {
        "person": _rows(session, Person, Person.person_id == person_id),
        "identities": identities,
        "codes": _rows(session, Code, Code.person_id == person_id),
        "disputes": [_own_side(one, person_id) for one in _rows(session, Dispute, disputes)],
        "notices": _rows(session, Notice, Notice.person_id == person_id),
        "answers": _rows(session, Outcome, Outcome.actor.in_(actors)),
    }


def _own_side(dispute: dict[str, Any], person_id: str) -> dict[str, Any]:
    """Leave out who the other is."""
    side = "holder" if dispute["holder_id"] == person_id else "claimant"
    kept = {name: dispute[name] for name in dispute if name not in ("holder_id", "claimant_id")}
    return kept | {"you_are": side}


def _of_creator(session: Session, creator_id: str) -> dict[str, Any]:
    mine = select(Video.video_id).where(Video.creator_id == creator_id)
    account_id = ledger.creator_account(creator_id)
    moved = select(Entry.transfer_id).where(Entry.account_id == account_id)
    redeemed = _redemptions([creator_id])
    return {
        "creator": _rows(session, Creator, Creator.creator_id == creator_id),
        "videos": _rows(session, Video, Video.creator_id == creator_id),
        "readings": _rows(session, Reading, Reading.video_id.in_(mine)),
        "sentiments": _rows(session, Sentiment, Sentiment.video_id.in_(mine)),
        "files": _rows(session, VideoFile, VideoFile.video_id.in_(mine)),
        "judgements": _rows(session, Judgement, Judgement.video_id.in_(mine)),
        "samples": _rows(session, Sample, Sample.video_id.in_(mine)),
        "reviews": _nameless(_rows(session, Review, Review.video_id.in_(mine))),
        "account": _rows(session, Account, Account.creator_id == creator_id),
        "entries": _rows(session, Entry, Entry.account_id == account_id),
        "transfers": _nameless(_rows(session, Transfer, Transfer.transfer_id.in_(moved))),
        "redemptions": _nameless(_rows(session, Redemption, Redemption.creator_id == creator_id)),
        "pictures": _rows(session, KeptPicture, KeptPicture.redemption_id.in_(redeemed)),
        "appeals": _nameless(_rows(session, Appeal, Appeal.creator_id == creator_id)),
        "posts": [_unsigned(one) for one in _rows(session, Post, Post.creator_id == creator_id)],
    }


def _unsigned(post: dict[str, Any]) -> dict[str, Any]:
    """Leave out which moderator is named in a channel."""
    told = post["told"] or {}
    return post | {"told": {name: told[name] for name in told if name != "by"}}


def _record(session: Session, ids: Sequence[str]) -> Rows:
    """Return what moderators did about them."""
    if not ids:
        return []
    told = [type_coerce(column, Text) for column in (Audit.before, Audit.after)]
    named = (column.contains(f'"{one}"', autoescape=True) for one in ids for column in told)
    theirs = (
        select(Video.video_id).where(Video.creator_id.in_(ids)),
        select(Appeal.appeal_id).where(Appeal.creator_id.in_(ids)),
        _redemptions(ids),
    )
    subjects = (Audit.subject.in_(each) for each in (ids, *theirs))
    about = or_(*subjects, *named)
    return _nameless(_rows(session, Audit, about))


def _nameless(rows: Rows) -> Rows:
    return [{name: one[name] for name in one if name not in MODERATORS} for one in rows]


def _redemptions(ids: Sequence[str]) -> Any:
    return select(Redemption.redemption_id).where(Redemption.creator_id.in_(ids))


def _rows(session: Session, model: type[Base], which: ColumnElement[bool]) -> Rows:
    """Return a table's rows in one query, in the order of their keys."""
    columns = [one for one in model.__table__.columns if one.name not in SECRET]
    statement = select(*columns).where(which).order_by(*model.__table__.primary_key)
    rows = session.execute(statement).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    """Return what JSON can say; of a picture how large it is, as chats take no large files."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value.isoformat() if isinstance(value, datetime) else value
