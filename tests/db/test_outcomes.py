"""What was answered to a request is kept with what it wrote, and given again."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import outcomes
from db.ledger import KeyReused
from db.models import MovedChat, Outcome
from db.outcomes import Request
from db.refused import Refused
from db.store import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASKED = Request("dc:1", "note", "f1", "discord:7")


def note(session: Session, request: Request = ASKED, chat: str = "-1") -> Any:
    """Write one row, under a request's key."""

    def work() -> str:
        session.add(MovedChat(platform="telegram", chat_id=chat, moved_to="-2", moved_at=NOON))
        session.flush()
        return f"noted {chat}"

    return outcomes.once(session, request, work, NOON)


def refuse(session: Session) -> Any:
    def work() -> str:
        note(session, Request("dc:2", "note", "f2", "discord:7"))
        raise Refused("Not like that.")

    return outcomes.once(session, ASKED, work, NOON)


def written(session: Session) -> tuple[int, int]:
    counted = (select(func.count()).select_from(one) for one in (MovedChat, Outcome))
    rows, kept = (session.scalar(one) or 0 for one in counted)
    return rows, kept


async def test_a_repeat_gets_what_was_kept_and_writes_nothing(store: Store):
    first = await store.write(note)
    again = await store.write(note, ASKED, "-9")
    assert first == again == "noted -1"
    assert await store.read(written) == (1, 1)


async def test_of_many_at_once_one_does_the_work(store: Store):
    said = await asyncio.gather(*(store.write(note, ASKED, f"-{n}") for n in range(20)))
    assert len(set(said)) == 1
    assert await store.read(written) == (1, 1)


async def test_what_was_refused_keeps_nothing_and_may_be_asked_again(store: Store):
    with pytest.raises(Refused):
        await store.write(refuse)
    assert await store.read(written) == (0, 0)
    assert await store.write(note) == "noted -1"


@pytest.mark.parametrize(
    "other",
    [Request("dc:1", "note", "f2", "discord:7"), Request("dc:1", "note", "f1", "discord:8")],
    ids=["other arguments", "another person"],
)
async def test_a_key_that_stands_for_another_request_is_an_error(store: Store, other: Request):
    await store.write(note)
    with pytest.raises(KeyReused, match="dc:1 stands for another request"):
        await store.write(note, other, "-9")
    assert await store.read(written) == (1, 1)
