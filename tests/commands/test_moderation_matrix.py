"""Every moderator command, for everybody, everywhere, and twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.command import COMMANDS, Access, suggestions
from bot.config import Settings
from bot.line import call_text
from bot.reply import Tone
from db.store import Store
from tests.commands.conftest import fill
from tests.commands.moderating import ACTS, EVIDENCE, FIRST, LINES, READS, acts, prepare
from tests.commands.programme import ANA, EVE, MO_ELSEWHERE, People
from tests.conftest import Postgres
from tests.fakes.whole_database import everything

NOT_THERE = "There is no /{name} here. /help lists what you can use."
BY_HAND = "asked for by hand"
"""Why, of what gives nobody anything and needs no other reason."""
NOT_HERE = "Moderator commands work in the moderators' channel only."
OTHERS = [(EVE, NOT_THERE), (ANA, NOT_THERE), (MO_ELSEWHERE, NOT_HERE)]
"""A stranger, a creator, a moderator elsewhere."""
SUGGESTED = [
    (one.name, each.name)
    for one in COMMANDS.values()
    if one.access is Access.MODERATOR
    for each in one.parameters
]


async def _prepare(store: Store) -> None:
    await prepare(People(store, Settings()))


@pytest.fixture(scope="module")
def desk_file(tmp_path_factory: pytest.TempPathFactory, programme_file: bytes) -> bytes:
    """The bytes of a database file in which something waits for moderators."""
    path = tmp_path_factory.mktemp("desk") / "desk.sqlite3"
    path.write_bytes(programme_file)
    fill(f"sqlite+aiosqlite:///{path}", _prepare)
    return path.read_bytes()


@pytest.fixture(scope="module")
def desk_template(postgres: Postgres, programme_template: str) -> Iterator[str]:
    """The name of such a PostgreSQL database."""
    name = postgres.create(programme_template)
    fill(postgres.url(name), _prepare)
    yield name
    postgres.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path, desk_file: bytes) -> str:
    path = tmp_path / "fairpoints.sqlite3"
    path.write_bytes(desk_file)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres, desk_template: str) -> Iterator[str]:
    name = postgres.take(desk_template)
    yield postgres.url(name)
    postgres.give_back(name, desk_template)


def test_the_matrix_knows_every_moderator_command():
    assert set(LINES) == {one.name for one in COMMANDS.values() if one.access is Access.MODERATOR}
    assert set(ACTS) == set(LINES) - READS


@pytest.mark.parametrize("name", LINES)
async def test_nobody_else_can_do_it_by_typing_or_pressing(people: People, name: str):
    before = await people.store.read(everything)
    for caller, words in OTHERS:
        who = people.playing(caller)
        for reply in (await who.says(f"/{name} {LINES[name]}"), await who.presses(call_text(name))):
            assert (reply.text, reply.tone) == (words.format(name=name), Tone.REFUSED)
    assert await people.store.read(everything) == before


async def test_nobody_else_is_offered_anything(people: People):
    for caller, _words in OTHERS:
        call = people.playing(caller).call()
        offered = [one for pair in SUGGESTED for one in await suggestions(call, *pair, "")]
        assert offered == []


async def test_a_moderator_is_offered_what_waits(people: People):
    async def offered(name: str, argument: str, typed: str = "") -> list[str]:
        return [one.label for one in await suggestions(people.mo.call(), name, argument, typed)]

    assert await offered("mod verify", "handle") == ["@cem by Eve"]
    (waiting,) = await offered("mod fulfil", "redemption")
    assert waiting.endswith(": Mug for @ana")
    assert await offered("mod grant", "creator", "b") == ["@ben"]
    assert await offered("mod grant", "creator") == []
    assert await offered("mod reward edit", "approval") == ["yes", "no"]


@pytest.mark.parametrize("name", ACTS)
async def test_a_moderator_does_it_once_and_it_stands_in_the_record(everybody: People, name: str):
    if name in FIRST:
        await FIRST[name](everybody.store)
    earlier = len(await everybody.store.read(acts))
    line = f"/{name} {LINES[name]}"
    first = await everybody.mo.says(line, key="request-1")
    assert first.tone is Tone.GOOD, first
    (record,) = (await everybody.store.read(acts))[earlier:]
    assert (record.act, record.actor, record.key) == (name, "discord:7", "request-1")
    assert (record.subject, record.reason) == ACTS[name]
    once = await everybody.store.read(everything)
    again = await everybody.mo.says(line, key="request-1")
    assert await everybody.store.read(everything) == once
    assert again.tone is not Tone.REFUSED
    assert (again.title, again.facts) == (first.title, first.facts)


WITHOUT = {"mod approve", "mod sentiment adopt"}
"""What needs no reason, and what only shows what it would do where none is given."""
LACKING = {"mod fulfil": "Say how it was given"}
"""What is said where a picture could stand for the words."""


@pytest.mark.parametrize(
    "name", [one for one in ACTS if ACTS[one][1] != BY_HAND and one not in WITHOUT]
)
async def test_nothing_is_done_without_a_reason(people: People, name: str):
    before = await people.store.read(everything)
    typed = LINES[name].removesuffix(EVIDENCE).removesuffix(ACTS[name][1])
    words = typed.partition(" reason=")[0]
    for line in (f"/{name} {words}", f'/{name} {words} " "'):
        reply = await people.mo.says(line)
        assert reply.tone is Tone.REFUSED
        assert LACKING.get(name, "is missing") in reply.text
    assert await people.store.read(everything) == before


@pytest.mark.parametrize("name", sorted(READS))
async def test_what_only_shows_something_writes_nothing(people: People, name: str):
    before = await people.store.read(everything)
    assert (await people.mo.says(f"/{name} {LINES[name]}")).tone is not Tone.REFUSED
    assert await people.store.read(everything) == before
