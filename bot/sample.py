"""A programme to try: invented videos, and a shop priced in multiples of the average."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import jobs
from bot.config import Settings
from db import rewards
from db.models import Reward, Video
from db.rewards import Terms
from db.store import Store
from scoring.run import Progress, Summary
from scoring.sample import make_sample

STARTING_SHOP: tuple[tuple[str, float, Terms], ...] = (
    ("shout-out", 0.5, Terms("Shout-out", None, "Your handle in the weekly round-up post")),
    ("story", 1, Terms("Story", None, "One of your videos in our story for a day")),
    ("sticker-pack", 1.5, Terms("Sticker pack", None, "Six stickers by post", stock=200)),
    ("pinned-post", 3, Terms("Pinned post", None, "Your video pinned in the channel for a week")),
    ("mug", 5, Terms("Mug", None, "A mug by post", stock=40, limit_per_creator=2)),
    ("feature", 8, Terms("Feature", None, "A feature on our page", stock=12)),
    (
        "signed-print",
        10,
        Terms(
            "Signed print",
            None,
            "A signed print by post",
            stock=10,
            limit_per_creator=1,
            needs_approval=True,
            deliver_days=14,
        ),
    ),
    (
        "interview",
        12,
        Terms("Interview", None, "A filmed interview on our channel", stock=4, limit_per_creator=1),
    ),
    (
        "campaign",
        20,
        Terms("Campaign", None, "A place in the next campaign", stock=2, limit_per_creator=1),
    ),
)
"""Id, price as a multiple of what an average video earns, and terms."""


def is_empty(session: Session) -> bool:
    """Tell whether the programme has neither videos nor rewards."""
    some_video = session.scalar(select(Video.video_id).limit(1))
    return some_video is None and session.scalar(select(Reward.reward_id).limit(1)) is None


async def fill(
    settings: Settings, store: Store, now: datetime, progress: Progress
) -> list[Summary]:
    """Write the sample files, take them in, refresh, and open the shop."""
    await store.write(open_shop, settings.scoring.mean_points, now)
    files = make_sample(settings.data_dir / "sample", anchor=now)
    taken = await jobs.run_files(settings, store, files, now, progress)
    return [*taken, await jobs.run_refresh(settings, store, now, jobs.BY_HAND, progress)]


def open_shop(session: Session, average: int, now: datetime) -> None:
    """Put the starting shop on sale, at multiples of what an average video earns."""
    for reward_id, multiple, terms in STARTING_SHOP:
        priced = replace(terms, amount=max(1, round(multiple * average)))
        rewards.add(session, reward_id, priced, now)
