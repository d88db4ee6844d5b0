"""Anyone can compute a video's points again from what the chat says, and from nothing else.

The arithmetic below is written from the words of /about, with Python's own `math` alone.
"""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import charts, sample
from bot.command import Caller
from bot.config import Settings
from bot.reply import Picture, Reply
from db.models import Video
from db.store import Store, open_store
from scoring import run
from tests.commands.programme import NOW, Person

COUNTS = ("Views", "Likes", "Shares", "Bookmarks", "Comments")
WEIGHTS = {"views": 0.5, "likes": 2, "sentiment": 1.5}
RULES: Mapping[str, Mapping[str, Any]] = {
    "fair": {},
    "fair and weighted": {"weights": WEIGHTS, "min_views": 3_000},
    "plain": {"preset": "plain"},
    "by the shop's prices": {"scale": "minmax"},
    "packaged": {"baseline_videos": 100_000},
}


async def no_picture(lines: Sequence[tuple[str, float]], points: int) -> Picture:
    """Stand for the drawing of a receipt, which takes its time."""
    return Picture(b"", "receipt.png", f"{points} points")


@pytest.fixture(params=RULES.values(), ids=RULES.keys())
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    scoring = Settings.model_validate({"scoring": request.param}).scoring
    return Settings(data_dir=tmp_path, scoring=scoring)


@pytest.fixture
async def store(settings: Settings, sqlite_file: bytes, tmp_path: Path) -> AsyncIterator[Store]:
    """The sample programme, in whose exports some counts are not told."""
    (tmp_path / "fairpoints.sqlite3").write_bytes(sqlite_file)
    opened = await open_store(settings.url)
    await sample.fill(settings, opened, NOW, run.quiet)
    yield opened
    await opened.close()


def number(text: str) -> float | None:
    """Read a figure as a person does; None where it is not told."""
    return None if text == "not told" else float(text.replace(",", "").replace("−", "-"))


def known(text: str) -> float:
    figure = number(text)
    assert figure is not None
    return figure


def weights_of(text: str) -> dict[str, float]:
    named = [one.rsplit(" ", 1) for one in text.split(", ")]
    return {name: float(weight) for name, weight in named}


def computed(receipt: Reply, about: Reply) -> int:
    """Compute points from the figures of a receipt and of its baseline."""
    assert receipt.table is not None
    assert about.table is not None
    said = dict(about.facts)
    seen = {row[0]: number(row[1]) for row in receipt.table.rows if row[0] in COUNTS}
    judged = {row[0]: row[1] for row in receipt.table.rows}["Sentiment"]
    views = seen["Views"]
    if views is not None and views < known(said["Least views"]):
        return 0
    x = figures(seen, said) | {"Sentiment": number(judged)}
    z = {name: z_of(x[name], mean, sd, said) for name, mean, sd in about.table.rows}
    told = [one for one in map(z.get, COUNTS) if one is not None]
    mean_z = sum(told) / max(len(told), 1)
    gaps = {name: mean_z if name in COUNTS else 0.0 for name in z}
    filled = {name: gaps[name] if one is None else one for name, one in z.items()}
    weights = dict.fromkeys(z, 1.0) if said["Weights"] == "all 1" else weights_of(said["Weights"])
    total = sum(weights[name] * one for name, one in filled.items())
    unrounded = round(known(said["Base"]) + known(said["Slope"]) * total, 6)
    return max(0, math.floor(unrounded + 0.5))


def figures(seen: Mapping[str, float | None], said: Mapping[str, str]) -> dict[str, float | None]:
    """Return x of the counts and of engagement."""
    fair = "k0" in said
    k0 = float(said["k0"].removesuffix(" views")) if fair else 0.0
    p = known(said["p"]) if fair else 0.0
    x = {
        name: math.log(1 + count) if fair and count is not None else count
        for name, count in seen.items()
    }
    views = seen["Views"]
    told = [one for one in map(seen.get, COUNTS[1:]) if one is not None]
    rate = None
    if views is not None and told and views + k0:
        rate = (sum(told) + p * k0) / (views + k0)
    return x | {"Engagement": rate}


def z_of(x: float | None, mean: str, sd: str, said: Mapping[str, str]) -> float | None:
    mu, spread = number(mean), number(sd)
    if x is None or mu is None or spread is None:
        return None
    z = (x - mu) / spread if spread >= 1e-9 else 0.0
    clip = known(said.get("Clip", "inf"))
    return min(max(z, -clip), clip)


def reader_of(store: Store, settings: Settings, creator_id: str) -> Person:
    return Person(store, settings, Caller("console", "1", "A", as_creator_id=creator_id), NOW)


async def test_points_follow_from_what_receipts_and_about_say(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(charts, "receipt", no_picture)
    shown = select(Video.video_id, Video.creator_id, Video.video_points)
    rows = (await store.read(lambda session: session.execute(shown))).all()
    readers = {one.creator_id: reader_of(store, settings, one.creator_id) for one in rows}
    receipts = {
        one.video_id: await readers[one.creator_id].says(f"/video {one.video_id}") for one in rows
    }
    paid = {one.video_id: one.video_points for one in rows}
    about = await readers[rows[0].creator_id].presses(receipts[rows[0].video_id].buttons[0])
    again = {one: computed(receipt, about) for one, receipt in receipts.items()}
    assert again == paid
    assert len(paid) > 400
    assert len(set(paid.values())) > 100
    assert sum("°" in one.note for one in receipts.values()) > 1
