"""A request: its one write, the answer that is kept, and how its caller is spoken to."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.call import Call, Caller, acquainted, speech
from bot.config import Settings
from bot.language import speaking, spoken
from bot.reply import Button, Link, Menu, Picture, Reply, Tone
from db.identities import Known
from db.models import Identity, Outcome, Person
from db.store import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RICH = Reply(
    title="Your code",
    text="Put FP-7K3M-Q2XD into your bio.",
    facts=(("Good until", "tomorrow"),),
    buttons=(Button("Again", "link|ana"),),
    menu=Menu("Which", (Button("Mug", "redeem|mug"),)),
    links=(Link("Open", "https://t.me/bot"),),
    tone=Tone.GOOD,
    secret="FP-7K3M-Q2XD",
)


def call_of(store: Store, key: str = "dc:1") -> Call:
    caller = Caller("discord", "7", "Ana", language="es-419")
    return Call(store, Settings(data_dir=Path("nowhere")), caller, NOON, key, name="link")


def settle(session: Session) -> str:
    """Write a person."""
    session.add(Person(person_id="p1", name="Ana", created_at=NOON, language="en"))
    session.flush()
    row = {"platform": "discord", "user_id": "7", "person_id": "p1", "created_at": NOON}
    session.add(Identity(**row))
    return "p1"


def kept_text(session: Session) -> str:
    return str(session.scalar(select(Outcome.reply)))


async def test_a_write_answers_with_what_is_said_of_its_result(store: Store):
    reply = await call_of(store).write(lambda who: Reply(text=f"hello {who}"), settle)
    assert reply == Reply(text="hello p1")


async def test_a_repeat_is_answered_alike_but_for_the_secret(store: Store):
    first = await call_of(store).write(lambda _who: RICH, settle)
    again = await call_of(store).write(lambda _who: Reply(text="never said"), settle)
    assert first == RICH
    assert again == replace(RICH, text="Put ••• into your bio.", secret="")


async def test_a_secret_is_not_kept(store: Store):
    await call_of(store).write(lambda _who: RICH, settle)
    assert "FP-7K3M-Q2XD" not in await store.read(kept_text)


async def test_a_picture_is_shown_and_not_kept(store: Store):
    drawn = Reply(text="look", picture=Picture(b"\x89PNG", "a.png", "a"))
    assert await call_of(store).write(lambda _who: drawn, settle) == drawn
    assert await call_of(store).write(lambda _who: drawn, settle) == Reply(text="look")


async def test_what_is_said_is_said_in_the_callers_language(store: Store):
    with speaking(speech(call_of(store))):
        reply = await call_of(store).write(lambda _who: Reply(text=spoken().code), settle)
    assert reply.text == "es"


async def test_a_known_person_is_found_with_their_wishes(store: Store):
    await store.write(settle)
    call = await acquainted(call_of(store))
    assert call.known == Known("p1", None, "en", None, is_blocked=False)
    assert speech(call).code == "en"


@pytest.mark.parametrize(
    ("platforms", "chosen", "settings", "code"),
    [
        ("es-419", None, "en", "es"),
        ("es", "en", "es", "en"),
        ("en-GB", None, "es", "en"),
        ("ja", None, "es", "es"),
        ("", None, "en", "en"),
    ],
)
def test_the_chosen_language_wins_then_the_platforms_then_the_programmes(
    platforms: str, chosen: str | None, settings: str, code: str
):
    caller = Caller("telegram", "7", "Ana", language=platforms)
    spoken_to = Settings(data_dir=Path("nowhere"), language=settings)  # type: ignore[arg-type]  # checked by pydantic
    call = Call(None, spoken_to, caller, NOON, "tg:1", known=Known(language=chosen))  # type: ignore[arg-type]  # not read
    assert speech(call).code == code


def test_times_are_said_in_utc_until_a_timezone_is_chosen():
    call = Call(None, Settings(data_dir=Path("n")), Caller("discord", "7", "A"), NOON, "dc:1")  # type: ignore[arg-type]  # not read
    assert speech(call).zone == UTC
    there = replace(call, known=Known(timezone="Asia/Kuala_Lumpur"))
    assert speech(there).zone == ZoneInfo("Asia/Kuala_Lumpur")
