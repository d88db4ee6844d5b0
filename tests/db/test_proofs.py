"""Codes that prove who a creator is: where they were put, by whom, and when."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy.orm import Session

from db import codes, people, proofs
from db.refused import Refused
from db.store import Store
from tests.db.programme import DAY, NOW, begin_run, open_creators
from tests.db.who_is_who import HOUR, ask, digests, linked, open_codes, shows, take_in, told


@pytest.fixture
async def store(store: Store) -> Store:
    """With two creators whom nobody is linked to."""
    await store.write(open_creators, ann=0, bob=0)
    await store.write(begin_run)
    return store


async def test_a_code_is_readable_and_kept_as_a_digest_alone(store: Store):
    code = await ask(store, "1", "ann")
    assert re.fullmatch(r"FP-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    (kept,) = await store.read(digests)
    assert list(codes.written_in(f"see {code}!")) == [kept]


@pytest.mark.parametrize("written", ["{0}", "hi {0}, bye", "#{1}", "{2}", "my code:\n{3}\n🎉"])
async def test_a_code_in_the_bio_links_its_person(store: Store, written: str):
    code = await ask(store, "1", "ann")
    forms = (code, code.replace("-", ""), code.lower(), code.replace("-", " "))
    await take_in(store, shows("ann", NOW + HOUR, bio=written.format(*forms)))
    assert await linked(store, "1") == "ann"
    assert ("User 1", "account", "linked") in await store.read(told)
    assert await store.read(open_codes) == 0


async def test_a_code_in_the_caption_of_a_new_video_links_its_person(store: Store):
    code = await ask(store, "1", "ann")
    new = shows("ann", NOW + HOUR, caption=f"Hello {code}", date_posted=NOW + HOUR / 2)
    await take_in(store, new)
    assert await linked(store, "1") == "ann"


async def test_an_old_video_proves_nothing(store: Store):
    code = await ask(store, "1", "ann")
    await take_in(store, shows("ann", NOW + HOUR, caption=code, date_posted=NOW - DAY))
    assert await linked(store, "1") is None


async def test_a_bio_that_was_seen_before_the_code_was_given_proves_nothing(store: Store):
    code = await ask(store, "1", "ann")
    await take_in(store, shows("ann", NOW - HOUR, bio=code))
    assert await linked(store, "1") is None


async def test_a_code_that_somebody_copied_into_their_account_proves_nothing(store: Store):
    code = await ask(store, "1", "ann")
    await take_in(store, shows("bob", NOW + HOUR, bio=code))
    assert (await linked(store, "1"), await store.read(open_codes)) == (None, 1)


async def test_somebody_elses_code_in_an_account_links_that_other_alone(store: Store):
    await ask(store, "1", "ann")
    code = await ask(store, "2", "ann")
    await take_in(store, shows("ann", NOW + HOUR, bio=code))
    assert (await linked(store, "1"), await linked(store, "2")) == (None, "ann")
    assert await store.read(open_codes) == 0


async def test_a_code_stays_good_where_the_account_was_renamed(store: Store):
    await take_in(store, shows("ann", NOW - DAY, author_id="5"))
    code = await ask(store, "1", "ann")
    renamed = shows("ann", NOW + HOUR, author_id="5", bio=code)
    await take_in(store, replace(renamed, handle="ann.new"))
    assert await linked(store, "1") == "ann"


async def test_the_account_that_took_the_old_handle_proves_nothing(store: Store):
    await take_in(store, shows("ann", NOW - DAY, author_id="5"))
    code = await ask(store, "1", "ann")
    other = shows("ann", NOW + HOUR, author_id="6", bio=code)
    await take_in(store, replace(other, video_id="v-other"))
    assert await linked(store, "1") is None


async def test_a_row_that_tells_the_handle_alone_proves_nothing_of_a_known_account(store: Store):
    await take_in(store, shows("ann", NOW - DAY, author_id="5"))
    code = await ask(store, "1", "ann")
    await take_in(store, replace(shows("ann", NOW + HOUR, bio=code), video_id="v-other"))
    assert (await linked(store, "1"), await store.read(open_codes)) == (None, 1)


@pytest.mark.parametrize(("seen_at", "taken_at"), [(25, 26), (23, 25)])
async def test_an_expired_code_proves_nothing(store: Store, seen_at: int, taken_at: int):
    code = await ask(store, "1", "ann")
    row = shows("ann", NOW + seen_at * HOUR, bio=code)
    await take_in(store, row, at=NOW + taken_at * HOUR)
    assert await linked(store, "1") is None


async def test_a_code_is_used_once(store: Store):
    code = await ask(store, "1", "ann")
    await take_in(store, shows("ann", NOW + HOUR, bio=code))
    before = await store.read(told)
    await take_in(store, shows("ann", NOW + 2 * HOUR, bio=code))
    assert await store.read(told) == before


async def test_a_new_code_ends_the_earlier_one(store: Store):
    first = await ask(store, "1", "ann")
    await ask(store, "1", "ann")
    await take_in(store, shows("ann", NOW + HOUR, bio=first))
    assert (await linked(store, "1"), await store.read(open_codes)) == (None, 1)


async def test_a_person_gets_five_codes_in_a_day_and_is_told_when_the_next_comes(store: Store):
    for hours in range(5):
        await ask(store, "1", "ann", NOW + hours * HOUR)
    with pytest.raises(Refused, match=r"You had 5 codes in 24 hours.*2026-03-02 12:00 UTC"):
        await ask(store, "1", "ann", NOW + 5 * HOUR)
    await ask(store, "2", "ann", NOW + 5 * HOUR)
    await ask(store, "1", "ann", NOW + 24 * HOUR + timedelta(seconds=1))


async def test_of_two_claimants_who_both_prove_one_wins(store: Store):
    await take_in(store, shows("ann", NOW))
    pair = [await ask(store, one, "ann") for one in "12"]
    rows = [shows("ann", NOW + hours * HOUR, bio=code) for hours, code in enumerate(pair, 1)]
    await asyncio.gather(*(take_in(store, row, at=NOW + 3 * HOUR) for row in rows))
    found = [str(await linked(store, one)) for one in "12"]
    assert sorted(found) == ["None", "ann"]
    assert await store.read(people.counted) == (1, 0)


def test_rows_without_a_code_ask_the_database_nothing():
    rows = [shows("ann", NOW, caption="FP-not a code", bio="hello")]
    nowhere = cast("Session", None)
    assert proofs.take(nowhere, rows, NOW, HOUR) == 0


def test_what_only_looks_like_a_code_is_none():
    assert list(codes.written_in("FP-7K3M-Q2XD1 and XFP-7K3M-Q2XD and FP-0000-1111")) == []
