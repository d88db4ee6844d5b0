"""Draw the README's pictures: the bot on Discord, on the sample programme, at a fixed time.

    python -m tests.pictures [folder]

It needs the extra `pictures` and Chromium. The same code draws the same pictures, but for what
the browser smooths.
"""

import asyncio
import random
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

import simcord
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.fronts.on_discord_posts import post
from bot.posting import words
from bot.presence import Presence, State
from bot.sample import fill
from db import points
from db.deliveries import Due, Taken
from db.models import Identity, Person, Post
from db.moved import Place
from db.store import Store, open_store
from scoring import run
from tests.fakes.discord_world import NOON, World, newcomer, world_of
from tests.pictures.on_a_phone import blank_lines, installed_browser, keep
from tests.pictures.shots import SHOTS, Shot

FOLDER = Path(__file__).parents[2] / "docs"
WIDTH, HEIGHT = 640, 1_400
SEED = 7
LINKED = (("ana", 4, None), ("ben", -1, None), ("sol", 5, "es"), ("eva", 0, None))
"""Who is which of the leaderboard, and speaks what."""
FRONTS = {
    "discord": State(connected=True, since=NOON - timedelta(days=2)),
    "telegram": State(
        connected=False,
        reason="the connection has ended",
        since=NOON,
        next_try_at=NOON + timedelta(minutes=2),
    ),
}


@contextmanager
def the_same_luck() -> Iterator[None]:
    """Let codes and order numbers be those of the last time."""
    luck = random.Random(SEED)
    drawn = {
        "token_hex": lambda size=16: luck.randbytes(size).hex(),
        "token_bytes": lambda size=16: luck.randbytes(size),
        "choice": luck.choice,
        "randbelow": luck.randrange,
    }
    with mock.patch.multiple(secrets, **drawn):
        yield


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home, installed_browser(), blank_lines():
        settings = Settings(data_dir=Path(home))
        store = await open_store(settings.url)
        with mock.patch("scoring.run.clock", return_value=NOON):
            await fill(settings, store, NOON, run.quiet)
        bot = newcomer()
        async with simcord.run(bot, settle_timeout=60) as env:
            env.backend.bot_user.name = "Fairpoints"
            world = await world_of(env, Path(home), store, Presence(fronts=FRONTS))
            await env.advance_time((NOON - env.now()).total_seconds())
            await draw_all(world, store, folder)
        await store.close()


async def draw_all(world: World, store: Store, folder: Path) -> None:
    people = {name: world.member(name) for name in ("ana", "ben", "leo", "sol", "eva")}
    people["mia"] = world.moderator("mia")
    for name, place, language in LINKED:
        await store.write(_link, str(people[name].id), name, place, language)
    for shot in SHOTS:
        await draw(shot, world, people, store, folder)


async def draw(
    shot: Shot, world: World, people: dict[str, object], store: Store, folder: Path
) -> None:
    who = people[shot.who]
    place = world.office if shot.in_the_office else world.general
    result = await shot.ask(who, place)
    if shot.posted:
        who, place = people["mia"], world.office
        result = await announced(shot.posted, world, store)
    preview = world.env.preview(place, viewers=[who], width=WIDTH, height=HEIGHT)
    async with preview:
        taken = await preview.screenshot(viewer=who, target=result, allow_incomplete=True)
    path = folder / f"discord-{shot.name}.png"
    print(f"{path.name}: {keep(taken.png, path):,} bytes")


async def announced(kind: str, world: World, store: Store) -> object:
    """Put the newest post of a kind into the moderators' channel, as it is put there."""
    one = await store.read(_newest, kind)
    due = Due(one.post_id, Place("discord", str(world.office.id)), "waiting", NOON, None)
    taken = Taken(due, kind, one.told, one.created_at, 0, 1, NOON, due.place.chat_id)
    await post(world.env.bot, due.place.chat_id, words(taken, world.settings), one.post_id)
    await world.env.settle()
    return list(world.office.history())[-1]


def _newest(session: Session, kind: str) -> Post:
    return session.scalars(
        select(Post).where(Post.kind == kind).order_by(Post.post_id.desc()).limit(1)
    ).one()


def _link(session: Session, user_id: str, name: str, place: int, language: str | None) -> None:
    """Let a person be the creator at this place of the leaderboard."""
    _, creator_id, _ = points.leaders(session, 1_000)[place]
    person = Person(person_id=name, name=name, creator_id=creator_id, language=language)
    person.linked_at = person.created_at = NOON
    session.add(person)
    session.flush()
    session.add(Identity(platform="discord", user_id=user_id, person_id=name, created_at=NOON))


if __name__ == "__main__":
    with the_same_luck():
        asyncio.run(main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER))
