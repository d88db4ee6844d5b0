"""A tiny programme whose every point was worked out on paper.

The baseline is `plain`, so that z = (figure - mean) / sd, and 50 / sigma = 10 points for each z.

                        views likes shares bookmarks comments engagement sentiment
    mean                 1000   100     10        10       10       0.10      0.50
    sd                    500    50      5         5        5       0.05      0.25

    ana  her garden      2000   150     10         5       10     0.0875      0.75
         10 z              20    10      0       -10        0      -2.50        10   127.50 -> 128
    ana  her dog         1000   100     10        10       10       0.13   unknown
         10 z               0     0      0         0        0          6         0   106.00
    ana  her lunch       1000    70     10        10       10       0.10      0.50
         10 z               0    -6      0         0        0          0         0    94.00, open
    ben  his cat         as her dog                                                  106.00
    ben  his yawn         400   100     10        10       10      0.325      0.50
         10 z             -12     0      0         0        0         45         0   133 -> 0:
                                                                     fewer than 500 views
    cem  his boat        as her lunch                                                 94.00, open
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

import bot.commands  # noqa: F401  # fills COMMANDS
from bot.command import Access, Call, Caller, run
from bot.config import Settings
from bot.line import parse_call, parse_line
from bot.reply import Button, Refused, Reply, Tone
from db import linking, people, rewards, runs, seasons, videos
from db.models import Sentiment
from db.observed import Observed
from db.rewards import Terms
from db.store import Store
from scoring.formula.baseline import Baseline
from scoring.formula.rules import Rules
from scoring.refresh import Refresh, refresh

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)

GARDEN, DOG, LUNCH = "7000000000000000001", "7000000000000000002", "7000000000000000003"
FRESH, CAT, YAWN = "7000000000000000004", "7000000000000000005", "7000000000000000006"
BOAT = "7000000000000000007"

BASELINE = Baseline(
    rules=Rules(preset="plain", min_views=500),
    p=0.1,
    mu=(1000.0, 100.0, 10.0, 10.0, 10.0, 0.10, 0.50),
    sd=(500.0, 50.0, 5.0, 5.0, 5.0, 0.05, 0.25),
    low=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    high=(9000.0, 900.0, 90.0, 90.0, 90.0, 0.9, 1.0),
    sigma=5.0,
    lowest=-9.0,
    highest=9.0,
    intercept=100.0,
    slope=10.0,
    videos=300,
    digest="worked out on paper",
)

AVERAGE = (1000, 100, 10, 10, 10)
FEW_LIKES = (1000, 70, 10, 10, 10)

SHOP = {
    "story": Terms("Story", 40, "A story about you"),
    "mug": Terms("Mug", 150, "A mug by post", stock=2, limit_per_creator=1),
    "tour": Terms("Tour", 200, "A tour of the studio", needs_approval=True),
    "car": Terms("Car", 10_000, "A car"),
}
_keys = itertools.count(1)


async def build(store: Store) -> None:
    """Fill an empty database with the programme above."""
    await store.write(_fill)
    plan = replace(Settings().plan, judge="none")
    summary = await refresh(Refresh(store, plan, NOW), "system:test")
    assert summary.problem is None
    assert summary.counts == {
        "judged": 0, "estimated": 6, "settled": 4, "points": 128 + 106 + 106 + 0,
    }  # fmt: skip
    await store.write(_read, [_seen("ana", FRESH, 0, "My new kite", AVERAGE)])


def _fill(session: Session) -> None:
    _read(
        session,
        [
            _seen("ana", GARDEN, 20, "My garden in spring", (2000, 150, 10, 5, 10)),
            _seen("ana", DOG, 30, "My dog, asleep", AVERAGE),
            _seen("ana", LUNCH, 5, "Lunch", FEW_LIKES),
            _seen("ben", CAT, 30, "A cat", AVERAGE),
            _seen("ben", YAWN, 25, "", (400, 100, 10, 10, 10)),
            _seen("cem", BOAT, 3, "A boat", FEW_LIKES),
        ],
    )
    for video_id, sentiment in {GARDEN: 0.75, LUNCH: 0.5, YAWN: 0.5, BOAT: 0.5}.items():
        _judge(session, video_id, sentiment)
    baseline_id = BASELINE.baseline_id
    seasons.keep_baseline(
        session, baseline_id, BASELINE.to_json(), origin="fitted", video_count=300, now=NOW
    )
    seasons.begin(session, NOW - 60 * DAY, NOW + 31 * DAY, baseline_id, NOW)
    for reward_id, terms in SHOP.items():
        rewards.add(session, reward_id, terms, NOW)
    for platform, user_id, handle in (("discord", "1", "ana"), ("telegram", "2", "ben")):
        people.claim(session, platform, user_id, handle.title(), handle, NOW)
        linking.verify(session, handle, f"{platform}:{user_id}", NOW)


def _seen(
    handle: str, video_id: str, age: int, caption: str, counts: tuple[int, int, int, int, int]
) -> Observed:
    """A row about a video of this age in days, read at 15 days or at its last hour."""
    posted = NOW - age * DAY
    read = posted + 15 * DAY if age >= 15 else NOW - timedelta(hours=1)
    posted = min(posted, read - timedelta(hours=1))
    return Observed(
        1, video_id, handle, f"author-{handle}", handle.title(), 1000, 7, caption, None,
        posted, read, *counts,
    )  # fmt: skip


def _read(session: Session, rows: Sequence[Observed]) -> None:
    run_id = runs.start(session, "intake", "system:test", NOW, NOW)
    videos.record(session, rows, run_id)
    runs.finish(session, run_id, {"rows": len(rows)}, NOW)


def _judge(session: Session, video_id: str, sentiment: float) -> None:
    session.execute(
        insert(Sentiment).values(
            sentiment_id=f"{video_id}:paper", video_id=video_id, sentiment=sentiment,
            model="paper", prompt_version="1", samples=1, reason="worked out", judged_at=NOW,
        )
    )  # fmt: skip


ANA = Caller("discord", "1", "Ana")
BEN = Caller("telegram", "2", "Ben")
EVE = Caller("discord", "9", "Eve")
"""She is linked to nobody."""
MO = Caller("discord", "7", "Mo", Access.MODERATOR, moderators_place=True)
MO_ELSEWHERE = replace(MO, moderators_place=False)
ANA_MODERATING = replace(ANA, access=Access.MODERATOR, moderators_place=True)


@dataclass(frozen=True)
class Person:
    """Somebody who types lines and presses buttons, each under a request's key of its own."""

    store: Store
    settings: Settings
    caller: Caller
    at: datetime = NOW

    def call(self, key: str = "") -> Call:
        return Call(self.store, self.settings, self.caller, self.at, key or f"test:{next(_keys)}")

    async def says(self, line: str, key: str = "") -> Reply:
        try:
            chosen, given = parse_line(line)
        except Refused as refused:
            return Reply(text=refused.reason, tone=Tone.REFUSED)
        return await run(self.call(key), chosen.name, given)

    async def presses(self, button: Button | str, key: str = "") -> Reply:
        try:
            name, given = parse_call(button if isinstance(button, str) else button.call)
        except Refused as refused:
            return Reply(text=refused.reason, tone=Tone.REFUSED)
        return await run(self.call(key), name, given)


class People:
    """Everybody who talks to a store."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.ana, self.ben, self.eve, self.mo = map(self.playing, (ANA, BEN, EVE, MO))

    def playing(self, caller: Caller) -> Person:
        return Person(self.store, self.settings, caller)

    async def given(self, handle: str, amount: int) -> None:
        """Let the moderator give somebody points, no more at once than one may alone."""
        most = self.settings.desk.two_person_over
        for left in range(amount, 0, -most):
            reply = await self.mo.says(f"/mod grant {handle} {min(left, most)} for the tests")
            assert reply.tone is Tone.GOOD


def labelled(reply: Reply, label: str) -> Button:
    """The button of this label."""
    choices = reply.menu.choices if reply.menu else ()
    return next(one for one in (*choices, *reply.buttons) if one.label == label)


def said(reply: Reply) -> str:
    """Every word of a reply, as one text."""
    cells = [cell for row in reply.table.rows for cell in row] if reply.table else []
    facts = [part for fact in reply.facts for part in fact]
    return "\n".join((reply.title, reply.text, *facts, *cells, reply.note))
