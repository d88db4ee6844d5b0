"""What people are told is written once, with what made it true, and not where they want none."""

from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db import notices
from db.models import Notice, Person
from db.notices import ACCOUNT, CODE, KINDS, OPTIONAL, REDEMPTION, SETTLED, News
from db.store import Store
from tests.db.programme import DAY, NOW, open_creators


def open_people(session: Session, **muted: list[str] | None) -> None:
    """People by id, each linked to a creator of the same name, with what they switched off."""
    open_creators(session, **dict.fromkeys(muted, 0))
    rows = [
        {"person_id": one, "name": one, "creator_id": one, "created_at": NOW, "muted": kinds}
        for one, kinds in muted.items()
    ]
    session.execute(insert(Person), rows)


def waiting(session: Session) -> dict[str, dict[str, Any]]:
    """Return what is told, by key."""
    rows = select(Notice).where(Notice.state == notices.WAITING)
    return {one.key: one.told for one in session.scalars(rows)}


async def test_a_notice_waits_until_it_is_due(store: Store):
    await store.write(open_people, ana=None)
    told = {"code_id": "c", "handle": "ana"}
    await store.write(notices.tell, "ana", CODE, "code:c", told, NOW, NOW + DAY)
    (one,) = await store.read(lambda session: session.scalars(select(Notice)).all())
    assert (one.person_id, one.kind, one.key, one.told) == ("ana", CODE, "code:c", told)
    assert (one.state, one.tries, one.created_at, one.due_at) == ("waiting", 0, NOW, NOW + DAY)


async def test_a_key_is_told_once(store: Store):
    await store.write(open_people, ana=None)
    await store.write(notices.tell, "ana", ACCOUNT, "linked:1", {"event": "linked"}, NOW)
    await store.write(notices.tell, "ana", ACCOUNT, "linked:1", {"event": "moved"}, NOW)
    assert await store.read(waiting) == {"linked:1": {"event": "linked"}}


async def test_nobody_unknown_is_told(store: Store):
    await store.write(notices.tell, "nobody", ACCOUNT, "linked:1", {"event": "linked"}, NOW)
    assert await store.read(waiting) == {}


@pytest.mark.parametrize("about", KINDS)
async def test_a_kind_that_is_off_is_not_written_but_safety_always_is(store: Store, about: str):
    await store.write(open_people, ana=[about])
    await store.write(notices.tell, "ana", about, "key", {}, NOW)
    assert set(await store.read(waiting)) == (set() if about in OPTIONAL else {"key"})


async def test_one_kind_off_leaves_the_others(store: Store):
    await store.write(open_people, ana=[REDEMPTION, CODE])
    await store.write(notices.tell, "ana", SETTLED, "key", {}, NOW)
    assert set(await store.read(waiting)) == {"key"}


async def test_of_many_creators_those_are_told_who_have_a_person_who_wants_it(store: Store):
    await store.write(open_people, ana=None, bo=[SETTLED], cy=[CODE], dee=[])
    told = [News(one, f"settled:{one}", {"points": 1}) for one in ("ana", "bo", "cy", "nobody")]
    await store.write(notices.tell_creators, SETTLED, told, NOW)
    await store.write(notices.tell_creators, SETTLED, told, NOW)
    assert set(await store.read(waiting)) == {"settled:ana", "settled:cy"}
