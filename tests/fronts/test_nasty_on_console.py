"""The console shows what strangers wrote without letting it drive the terminal."""

import io
import re
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from rich.console import Console

from bot import charts
from bot.config import Settings
from bot.fronts.narrow import one_line
from bot.fronts.on_console import Part, once
from bot.fronts.on_console_drawing import draw
from bot.reply import Button, Column, Reply, Table
from db.store import Store, open_store
from tests.fakes import nasty
from tests.fakes.discord_world import NOON

JOINERS = "\u200c\u200d"
LINES = [
    *(f"/videos points {page}" for page in range(1, 8)),
    *(f"/history {page}" for page in range(1, 6)),
    *(f"/shop {page}" for page in range(1, 8)),
    *(f"/redeem {one}" for one in nasty.REWARD_IDS),
    *(f"/help {one}" for one in nasty.TYPED),
    *(f"/link {one}" for one in nasty.TYPED),
    "/points",
    "/leaderboard",
    "/redemptions",
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    opened = await open_store(settings.url)
    await nasty.programme(settings, opened, NOON)
    yield opened
    await opened.close()


def check(shown: str) -> None:
    """Nothing in it moves a cursor, colours, links, hides or turns letters around."""
    hidden = [
        one
        for one in shown
        if unicodedata.category(one) in {"Cc", "Cf", "Cs"} and one not in f"\n{JOINERS}"
    ]
    assert hidden == []
    assert "our fault" not in shown


async def test_every_reply_is_plain_text(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    await once(settings, store, LINES, Part(as_handle=nasty.ANA, clock=lambda: NOON))
    shown = capsys.readouterr().out
    check(shown)
    assert len(re.findall(r"\[link=https://evil\.example\]y", shown)) > 2


async def test_every_receipt_is_titled_by_its_caption(
    settings: Settings,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(charts, "receipt", nasty.DrawnOnce(charts.receipt))
    ids = [nasty.video_id(at) for at in range(len(nasty.CORPUS))]
    lines = [f"/video {one}" for one in ids]
    await once(settings, store, lines, Part(as_handle=nasty.ANA, clock=lambda: NOON))
    shown = capsys.readouterr().out
    check(shown)
    titles = [nasty.title_of(one) for one in nasty.CORPUS.values()]
    assert [one for one in titles if one not in shown] == []


async def test_a_moderators_look_at_it_all(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
):
    typed = [f'/mod grant "{one}" 5 because' for one in nasty.TYPED if '"' not in one]
    lines = ["/mod status", *typed]
    await once(settings, store, lines, Part(moderator=True, clock=lambda: NOON))
    check(capsys.readouterr().out)


@given(text=st.text(max_size=120), width=st.sampled_from([30, 80, 10_000]))
@bounded(max_examples=200, deadline=None)
def test_any_text_is_only_text(text: str, width: int):
    paper = io.StringIO()
    console = Console(width=width, file=paper)
    table = Table((Column("Name"), Column("Said")), ((text, text),))
    reply = Reply(text, text, ((text, text),), table, note=text, buttons=(Button(text, "help"),))
    draw(console, reply, Path())
    check(paper.getvalue())
    assert one_line(text)[:1] in paper.getvalue()
