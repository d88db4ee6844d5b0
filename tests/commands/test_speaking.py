"""/language and /timezone: how a person is spoken to, now and from now on."""

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.command import suggestions
from bot.commands.speaking import WIDELY_USED
from bot.reply import Tone
from tests.commands.programme import ANA, EVE, People, said


async def test_without_a_choice_the_platforms_language_is_spoken(everybody: People):
    spanish = everybody.playing(replace(ANA, language="es-419"))
    assert (await spanish.says("/points")).title == "@ana: 234 puntos"
    reply = await spanish.says("/language")
    assert reply.title == "Idioma: Español"
    assert [one.label for one in reply.buttons] == ["English"]


async def test_a_language_that_is_not_spoken_here_is_answered_in_the_configured_one(
    everybody: People,
):
    french = everybody.playing(replace(ANA, language="fr"))
    assert (await french.says("/language")).title == "Language: English"
    spanish = replace(french, settings=french.settings.model_copy(update={"language": "es"}))
    assert (await spanish.says("/language")).title == "Idioma: Español"


async def test_the_answer_to_a_choice_comes_in_the_new_language(everybody: People):
    reply = await everybody.ana.says("/language español")
    assert reply.tone is Tone.GOOD
    assert reply.title == "Idioma: Español"
    assert [(one.label, one.call) for one in reply.buttons] == [
        ("English", "language|en"),
        ("Como mi app", "language|auto"),
    ]


async def test_a_choice_survives_and_overrides_the_platforms_language(everybody: People):
    await everybody.playing(replace(ANA, language="de")).says("/language es")
    english = everybody.playing(replace(ANA, language="en-GB"))
    assert (await english.says("/points")).title == "@ana: 234 puntos"


async def test_auto_goes_back_to_the_platforms_language(everybody: People):
    await everybody.ana.says("/language es")
    spanish = everybody.playing(replace(ANA, language="es-ES"))
    await spanish.presses("language|en")
    assert (await spanish.says("/points")).title == "@ana: 234 points"
    reply = await spanish.presses("language|auto")
    assert reply.title == "Idioma: Español"
    assert (await spanish.says("/points")).title == "@ana: 234 puntos"


@pytest.mark.parametrize("typed", ["es", "ES", "español", "Espanol", "ESPAÑOL"])
async def test_a_language_is_known_by_code_and_name(everybody: People, typed: str):
    assert (await everybody.eve.says(f"/language {typed}")).title == "Idioma: Español"


async def test_a_language_that_there_is_not_is_refused_with_those_that_there_are(
    everybody: People,
):
    reply = await everybody.ana.says("/language Klingon")
    assert reply.tone is Tone.REFUSED
    assert reply.text == "“Klingon” is not spoken here; there is: English, Español."


async def test_languages_are_suggested_in_their_own_words(people: People):
    found = await suggestions(people.ana.call(), "language", "language", "")
    assert [(one.label, one.value) for one in found] == [
        ("English", "en"),
        ("Español", "es"),
        ("As my app", "auto"),
    ]


async def test_times_are_told_in_utc_where_no_timezone_is_chosen(everybody: People):
    reply = await everybody.eve.says("/timezone")
    assert reply.title == "Timezone: UTC"
    assert reply.text == "It is 2 Mar 2026 12:00 UTC there."


async def test_a_chosen_timezone_moves_the_times(everybody: People):
    reply = await everybody.eve.says("/timezone kuala lumpur")
    assert reply.title == "Timezone: Asia/Kuala_Lumpur"
    assert reply.text == "It is 2 Mar 2026 20:00 UTC+8 there."
    assert "as of 2 Mar 2026 20:00 UTC+8." in said(await everybody.eve.says("/leaderboard"))


async def test_a_chosen_timezone_moves_the_days(everybody: People):
    await everybody.eve.says("/timezone Pacific/Auckland")
    assert "as of 3 Mar 2026 01:00 NZDT." in said(await everybody.eve.says("/leaderboard"))


@pytest.mark.parametrize("typed", ["Asia/Kuala_Lumpur", "asia/kuala lumpur", "Kuala Lumpur"])
async def test_a_timezone_is_known_by_name_and_city(everybody: People, typed: str):
    reply = await everybody.eve.says(f"/timezone {typed}")
    assert reply.title == "Timezone: Asia/Kuala_Lumpur"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("kuala lumper", "There is no timezone kuala lumper. Did you mean Asia/Kuala_Lumpur?"),
        ("../../etc/passwd", "There is no timezone ../../etc/passwd; name a large city near you."),
    ],
)
async def test_a_timezone_that_there_is_not_is_refused_with_the_nearest(
    everybody: People, typed: str, words: str
):
    reply = await everybody.eve.says(f"/timezone {typed}")
    assert (reply.tone, reply.text) == (Tone.REFUSED, words)


async def test_zones_are_suggested_by_any_part_of_their_name(people: People):
    found = await suggestions(people.eve.call(), "timezone", "zone", "Kuala l")
    assert [one.value for one in found] == ["Asia/Kuala_Lumpur"]
    begin_so = await suggestions(people.eve.call(), "timezone", "zone", "lo")
    assert [one.value for one in begin_so][:3] == [
        "Africa/Lome",
        "America/Kentucky/Louisville",
        "America/Los_Angeles",
    ]
    assert len(await suggestions(people.eve.call(), "timezone", "zone", "a")) == 25


async def test_zones_that_many_live_in_are_suggested_before_anything_is_typed(people: People):
    found = await suggestions(people.eve.call(), "timezone", "zone", "")
    assert tuple(one.value for one in found) == WIDELY_USED


async def test_a_request_that_comes_again_is_answered_alike(everybody: People):
    first = await everybody.ana.says("/language es", key="once")
    await everybody.ana.says("/language en")
    assert await everybody.ana.says("/language es", key="once") == first
    assert (await everybody.ana.says("/points")).title == "@ana: 234 points"


async def test_one_persons_choice_is_not_another_persons(everybody: People):
    await everybody.ana.says("/language es")
    replies = [await everybody.playing(one).says("/language") for one in (ANA, EVE)]
    assert [one.title for one in replies] == ["Idioma: Español", "Language: English"]
    assert all(one != other for one, other in pairwise(replies))
