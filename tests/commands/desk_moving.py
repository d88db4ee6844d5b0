"""Moderators who move points, and what stands in the books afterwards."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.reply import Reply, Tone
from db import check, ledger
from db.models import Account, Notice, Post, Run, Video
from tests.commands.programme import MO, People, Person

LU = replace(MO, user_id="17", name="Lu")
"""A second moderator."""


def lu(people: People) -> Person:
    return people.playing(LU)


def refused(reply: Reply) -> str:
    assert reply.tone is Tone.REFUSED, reply
    return reply.text


async def stands(people: People, handle: str) -> tuple[int | None, int]:
    """A creator's balance, and what they owe."""
    account_id = ledger.creator_account(f"author-{handle}")
    found = await people.store.read(lambda session: session.get_one(Account, account_id))
    return found.balance, found.owed


async def books(people: People) -> list[str]:
    return await people.store.read(lambda session: list(check.books(session)))


async def refresh_id(people: People) -> str:
    """The run that settled the programme's first videos."""
    newest = select(Run.run_id).where(Run.job == "refresh").order_by(Run.started_at).limit(1)
    return await people.store.read(lambda session: session.scalars(newest).one())


async def video(people: People, video_id: str) -> Video:
    return await people.store.read(lambda session: session.get_one(Video, video_id))


def posted(session: Session) -> list[Post]:
    return list(session.scalars(select(Post).where(Post.kind == "proposal")))


def told(session: Session) -> list[dict[str, object]]:
    """What creators were told of moved points, the oldest first."""
    found = session.scalars(select(Notice).order_by(Notice.created_at, Notice.notice_id))
    moves = ("granted", "deducted", "taken_back")
    return [one.told for one in found if (one.told or {}).get("event") in moves]
