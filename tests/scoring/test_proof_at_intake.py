"""A whole export that shows a code links its person; a renamed account keeps its points."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import codes, forgetting, forgotten, ledger, linking, people
from db.codes import Allowance
from db.ledger import Movement
from db.models import Creator
from db.store import Store
from scoring.take_in import TakeIn
from tests.scoring.flat_csv import row, taken, without, write
from tests.scoring.programme import at

AUTHOR = "6900000000000000001"
DAY = timedelta(days=1)


def nested(days: float, handle: str = "amber.demo", **author: str) -> dict[str, Any]:
    """A video of amber's as Apify's JSON tells it, seen at this age in days."""
    return {
        "id": "7700000000000000001",
        "text": "a day",
        "createTimeISO": at(0).isoformat(),
        "authorMeta": {"id": AUTHOR, "name": handle} | author,
        "playCount": 1000,
        "scrapedAt": at(days).isoformat(),
    }


async def take(store: Store, folder: Path, days: float, *rows: dict[str, Any]) -> Any:
    path = folder / f"export-{days}.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    (summary,) = await taken(TakeIn(store, at(days), "test"), path)
    return summary


async def ask(store: Store, days: float) -> str:
    allowed = Allowance(codes.DAY, 5)
    who = ("discord", "1", "Amber")
    _claimed, issued = await store.write(linking.ask, *who, "amber.demo", allowed, at(days))
    return issued.code


async def linked(store: Store) -> str | None:
    return await store.read(people.creator_of, "discord", "1")


async def test_a_code_in_the_bio_of_an_export_links_its_person(store: Store, tmp_path: Path):
    await take(store, tmp_path, 1, nested(1))
    code = await ask(store, 2)
    await take(store, tmp_path, 2.5, nested(2.25, signature=f"I make jelly {code}"))
    assert await linked(store) == AUTHOR


@pytest.mark.parametrize("name", ["bio_description", "signature", "bio", "profile_biography"])
async def test_flat_exports_tell_the_bio_under_their_own_names(
    store: Store, tmp_path: Path, name: str
):
    await taken(TakeIn(store, at(4), "test"), write(tmp_path / "a.csv", row(0)))
    code = await ask(store, 4.5)
    later = without("vid_scrapeTime", [row(0, **{name: code})])[0]
    seen = later | {"vid_scrapeTime": f"{at(4.75):%Y-%m-%d %H:%M:%S}"}
    await taken(TakeIn(store, at(5), "test"), write(tmp_path / "b.csv", seen))
    assert await linked(store) is not None


async def test_a_renamed_account_keeps_its_person_and_its_points(store: Store, tmp_path: Path):
    await take(store, tmp_path, 1, nested(1))
    await ask(store, 2)
    await store.write(linking.verify, "amber.demo", None, at(2))
    await store.write(_give, 50)
    await take(store, tmp_path, 3, nested(3, handle="amber.new"))
    assert await linked(store) == AUTHOR
    assert await store.read(_handle) == "amber.new"
    assert await store.read(ledger.balance_of, AUTHOR) == 50


def _give(session: Session, amount: int) -> None:
    account = ledger.creator_account(AUTHOR)
    gift = Movement("gift", ledger.ADJUSTMENT, amount, ledger.ISSUED, account, "a gift", "test")
    ledger.move(session, gift, at(2))


def _handle(session: Session) -> str | None:
    return session.get_one(Creator, AUTHOR).handle


async def test_an_export_of_who_was_forgotten_leaves_no_word(store: Store, tmp_path: Path):
    await take(store, tmp_path, 1, nested(1, nickName="Amber of the woods"))
    await ask(store, 2)
    await store.write(linking.verify, "amber.demo", None, at(2))
    await store.write(forgetting.forget, "discord", "1", at(2))
    summary = await take(store, tmp_path, 3, nested(3, nickName="Amber of the woods"))
    assert summary.rejected == {f"creator: {forgotten.REASON}": 1}
    assert summary.rejects_file is not None
    assert "mber" not in summary.rejects_file.read_text(encoding="utf-8")
    assert await store.read(_handle) is None


async def test_who_is_known_by_handle_alone_is_forgotten_too(store: Store, tmp_path: Path):
    await taken(TakeIn(store, at(4), "test"), write(tmp_path / "a.csv", row(0)))
    await ask(store, 4)
    await store.write(linking.verify, "amber.demo", None, at(2))
    await store.write(forgetting.forget, "discord", "1", at(2))
    (summary,) = await taken(TakeIn(store, at(5), "test"), write(tmp_path / "b.csv", row(1)))
    assert summary.rejected == {f"creator: {forgotten.REASON}": 1}
    told = await take(store, tmp_path, 6, nested(6) | {"id": "7700000000000000009"})
    assert told.rejected == {f"creator: {forgotten.REASON}": 1}
