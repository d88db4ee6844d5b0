"""The record of what moderators did, as moderators read it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.command import suggestions
from bot.line import CALL_BYTES
from bot.reply import Button, Reply, Tone
from db import audit
from db.audit import Act
from tests.commands.programme import MO, NOW, People, Person
from tests.scoring.programme import statements

HOUR = timedelta(hours=1)


@pytest.fixture
def lou(everybody: People) -> Person:
    """Another moderator, who never wrote before."""
    return everybody.playing(replace(MO, user_id="70", name="Lou"))


def told(reply: Reply) -> list[tuple[str, str]]:
    """Each line without its id, which is new each time."""
    return [(when, said.partition(" Id ")[0]) for when, said in reply.facts]


async def noted(people: People, *, key: str, hours: int = 0, **what: object) -> str:
    """Put an act on record as it would be by its command."""
    given = {"name": "mod reward edit", "subject": "mug", "actor": "discord:7", "reason": "why"}
    done = Act(**{**given, "key": key, **what})  # type: ignore[arg-type]
    return await people.store.write(audit.note, done, NOW + hours * HOUR)


async def test_the_newest_act_stands_first_with_who_to_whom_why_and_what_changed(
    everybody: People, lou: Person
):
    await everybody.given("ana", 5)
    later = replace(lou, at=NOW + HOUR)
    assert (await later.says("/mod grant cem 7 for the boat")).tone is Tone.GOOD
    reply = await everybody.mo.says("/mod record audit")
    assert (reply.title, reply.text) == ("Record", "2 acts.")
    assert told(reply) == [
        ("2 Mar 2026 13:00 UTC, Lou", "/mod grant @cem: for the boat. (Points: 7)"),
        ("2 Mar 2026 12:00 UTC, Mo", "/mod grant @ana: for the tests. (Points: 5)"),
    ]


async def test_an_acts_id_is_shown_as_undo_takes_it(everybody: People):
    audit_id = await noted(everybody, key="1")
    ((_when, said),) = (await everybody.mo.says("/mod record audit")).facts
    shown = said.rpartition(" Id ")[2].removesuffix(".")
    assert len(shown) < len(audit_id)
    assert audit_id.startswith(shown)


async def test_an_act_that_was_undone_says_by_whom_and_its_opposite_names_it(
    everybody: People, lou: Person
):
    await lou.says("/mod grant cem 1 so that her name is known")
    first = await noted(everybody, key="1", hours=1)
    await noted(everybody, key="2", hours=2, name="mod undo", actor="discord:70", undoes=first)
    opposite, undone, _grant = (await everybody.mo.says("/mod record audit")).facts
    assert f" Undoes {first[:14]}." in opposite[1]
    assert " Undone by Lou." in undone[1]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            {"amount": 150, "stock": 2, "supplied": 9},
            {"amount": 1600, "stock": 2, "supplied": 8},
            " (Price: 150 points → 1,600 points)",
        ),
        (
            {"amount": 500},
            {
                "amount": 500,
                "next_amount": 450,
                "next_amount_at": "2026-11-10T13:05:00+00:00",
            },
            " (Price: 500 points → 450 points from 10 Nov 2026)",
        ),
        ({"name": "Mug"}, {"name": "Cup"}, " (Name: Mug → Cup)"),
        ({"needs_approval": False}, {"needs_approval": True}, None),
        ({"state": "approved"}, {"state": "fulfilled"}, " (State: approved → fulfilled)"),
        (None, 5, " (Points: 5)"),
        (None, {"points": 5, "owed": 0, "transfer_id": "1a1"}, " (Points: 5)"),
        ({"person_id": "abc"}, {"person_id": "def", "outcome": "kept"}, " (Decision: kept)"),
        (
            {"points": 106, "reading_id": "a"},
            {"points": 126, "field": "likes", "value": 150},
            " (Points: 106 → 126; Likes: 150)",
        ),
        (
            {"baseline_id": "4c5a"},
            {"starts_at": "2026-11-10T13:05:00+00:00"},
            " (From: 10 Nov 2026 13:05 UTC)",
        ),
        ({"exposure": "x" * 61}, {"exposure": "y" * 61}, ""),
        (None, {"lines": [1, 2], "never_heard_of": 3}, ""),
    ],
    ids=[
        *("numbers", "an announced price", "words", "yes and no", "a state", "a bare number"),
        *("nothing owed", "ids are left out", "an upheld appeal", "times", "long", "no words"),
    ],
)
async def test_what_changed_is_said_in_words_where_it_is_short(
    people: People, before: object, after: object, said: str | None
):
    expected = " (A moderator looks at it first: no → yes)" if said is None else said
    await noted(people, key="1", before=before, after=after)
    (line,) = told(await people.mo.says("/mod record audit"))
    assert line[1] == f"/mod reward edit mug: why.{expected}"


async def test_who_asked_and_who_confirmed_are_said_by_name(everybody: People, lou: Person):
    await lou.says("/mod grant cem 1 so that her name is known")
    after = {"answer": "yes", "act": "mod grant", "asked_by": "discord:70"}
    await noted(everybody, key="1", hours=1, name="mod confirm", subject="nsh3juhf", after=after)
    (confirmed, _grant) = told(await everybody.mo.says("/mod record audit"))
    assert confirmed[1] == (
        "/mod confirm nsh3juhf: why. (Answer: yes; To: /mod grant; Asked for by: Lou)"
    )


async def test_times_of_a_change_are_said_in_the_readers_timezone(everybody: People):
    await everybody.mo.says("/timezone Asia/Tokyo")
    await noted(everybody, key="1", after={"ends_at": "2026-11-10T20:05:00+00:00"})
    (line,) = told(await everybody.mo.says("/mod record audit"))
    assert line == (
        "2 Mar 2026 21:00 JST, Mo",
        "/mod reward edit mug: why. (Until: 11 Nov 2026 05:05 JST)",
    )


async def test_one_act_is_shown_alone_and_undone_there_by_a_button(everybody: People):
    await everybody.mo.says(f"/mod grant ana 7 {'for a long story ' * 20}")
    (pick,) = (await everybody.mo.says("/mod record audit")).menu.choices  # type: ignore[union-attr]
    assert pick.label == "/mod grant @ana"
    alone = await everybody.mo.presses(pick)
    assert alone.title == "/mod grant @ana"
    shown = dict(alone.facts)
    assert shown["Why"] == ("for a long story " * 20).strip()
    assert (shown["Done"], shown["Points"]) == ("2 Mar 2026 12:00 UTC by Mo", "7")
    (undo,) = alone.buttons
    assert (undo.label, undo.asks) == ("Undo", "reason")
    typed = await everybody.mo.says(f"/mod undo {shown['Id']} it was another")
    assert typed.title == "Undone"
    after = await everybody.mo.presses(pick)
    assert (after.buttons, dict(after.facts)["Undone by"]) == ((), "Mo")


async def test_what_nothing_undoes_has_no_button(everybody: People):
    audit_id = await noted(everybody, key="1", name="mod resolve")
    alone = await everybody.mo.says(f"/mod record audit what={audit_id}")
    assert (alone.title, alone.buttons) == ("/mod resolve mug", ())


async def filled(people: People) -> None:
    await people.mo.says("/mod grant cem 1 so that her name is known")
    await noted(people, key="1", subject="author-ana", name="mod creator freeze", hours=1)
    await noted(people, key="2", subject="cap", name="mod reward add", hours=24)
    await noted(people, key="3", actor="telegram:5", hours=48)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("", 4),
        ("who=mo", 3),
        ("who=telegram:5", 1),
        ("who=nobody", 0),
        ("what=grant", 1),
        ('what="mod reward add"', 1),
        ("what=reward", 2),
        ("what=freeze", 1),
        ("what=mug", 1),
        ("what=@ANA", 1),
        ("what=author-ana", 1),
        ("since=2026-03-03", 2),
        ("since=2026-03-04T12:00", 1),
        ("who=mo what=reward since=1d", 1),
    ],
)
async def test_the_record_is_searched_by_who_what_and_since(
    everybody: People, line: str, count: int
):
    await filled(everybody)
    at_the_end = replace(everybody.mo, at=NOW + 48 * HOUR)
    reply = await at_the_end.says(f"/mod record audit {line}")
    assert len(reply.facts) == count
    assert bool(count) != (reply.text == "Nothing of this kind stands in the record.")


@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "99999d", "7 days"])
async def test_what_is_no_day_is_refused(people: People, typed: str):
    reply = await people.mo.says(f'/mod record audit since="{typed}"')
    assert reply.text == (
        f"since is a day such as 2026-03-01, or 7d for seven days ago, not “{typed}”."
    )


async def test_pages_follow_each_other_by_buttons(everybody: People):
    for number in range(17):
        await noted(everybody, key=str(number), hours=number)
    first = await everybody.mo.says("/mod record audit discord:7 reward 7d")
    (more,) = first.buttons
    second = await everybody.mo.presses(more)
    last = await everybody.mo.presses(second.buttons[1])
    assert [len(one.facts) for one in (first, second, last)] == [8, 8, 1]
    assert last.note == "Page 3 of 3. /mod undo takes an act's id."
    assert last.buttons == (Button("‹ Back", "mod record audit|discord:7|reward|7d|2"),)
    beyond = await everybody.mo.says("/mod record audit page=4")
    assert (beyond.text, beyond.tone) == ("There is no page 4.", Tone.REFUSED)


async def test_what_is_too_long_for_a_button_has_none(people: People):
    for number in range(9):
        await noted(people, key=str(number), subject="x" * CALL_BYTES)
    reply = await people.mo.says(f"/mod record audit what={'x' * CALL_BYTES}")
    assert reply.buttons == ()
    assert reply.note.startswith("Page 1 of 2. ")


async def test_a_page_is_read_by_one_statement(everybody: People):
    await filled(everybody)
    with statements() as sent:
        await everybody.store.read(audit.page, audit.Sought("mo", "reward", NOW), 0, 8)
    assert sum("audit" in one for one, _given in sent) == 1


async def test_names_and_acts_of_the_record_are_suggested(everybody: People):
    await filled(everybody)

    async def offered(argument: str, typed: str) -> list[tuple[str, str]]:
        found = await suggestions(everybody.mo.call(), "mod record audit", argument, typed)
        return [(one.label, one.value) for one in found]

    assert await offered("who", "") == [
        ("Mo (discord:7)", "discord:7"),
        ("telegram:5 (telegram:5)", "telegram:5"),
    ]
    assert await offered("who", "MO") == [("Mo (discord:7)", "discord:7")]
    assert await offered("what", "reward") == [
        ("mod reward add", "reward add"),
        ("mod reward edit", "reward edit"),
    ]
