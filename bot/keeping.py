"""The jobs that keep the programme in order: the upkeep, and the check of the books."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot import taking_back
from bot.books import check_books
from bot.config import Settings
from bot.judging import judge_of
from bot.language import N_, Speech, _, speaking
from db import pauses, posts, upkeep
from db.models import Post
from db.run_posts import CHECK, FINDINGS, NOT_TRUE
from db.store import Store
from scoring.run import Running, Summary, running

UPKEEP = "upkeep"
CHECKER = "system:check"
"""Who pauses the shop where the books are not true."""
KNOWN = (N_("the books are not true"),)
"""What is kept with a run, for the translators."""
PAUSED = N_("The points are being checked. Nothing is lost; redeeming goes on soon.")
"""As creators read it in the shop."""
SHOWN = 5


async def run_upkeep(settings: Settings, store: Store, now: datetime, actor: str) -> Summary:
    """Warn of what is late, give points back, remind, and close what nobody confirmed.

    What was erased lately is overwritten too, where that is still to be done, and what is left of
    a run whose undoing was stopped is taken back.
    Raises `Refused` while another upkeep runs.
    """
    summary = Summary(UPKEEP, now)
    async with running(store, summary, actor) as run:
        await _keep_up(settings, run)
        await taking_back.finish(store, now)
        await store.catch_up()
    return summary


async def _keep_up(settings: Settings, run: Running) -> None:
    """Do all there is to do, in transactions that are short enough for others to wait."""
    grace = timedelta(days=settings.shop.delivery_grace_days)
    queue = timedelta(hours=settings.shop.queue_hours)
    judge = judge_of(settings)
    counts, now, more = run.summary.counts, run.summary.as_of, True
    while more:
        done = await run.store.write(upkeep.keep_up, now, grace=grace, queue=queue, judge=judge)
        counts["returned"] += done.returned
        counts["warned"] += done.warned
        counts["expired"] += done.expired
        more = done.more
        await run.alive()


async def run_check(settings: Settings, store: Store, now: datetime, actor: str) -> Summary:
    """Derive the books again; where they are not true the shop is paused, and moderators told.

    A later check that finds nothing does not open the shop again: a moderator does. Raises
    `Refused` while another check runs.
    """
    summary = Summary(CHECK, now)
    async with running(store, summary, actor) as run, run.long_step():
        found = await check_books(store)
        if found:
            with speaking(Speech(settings.language)):
                await store.write(_alarm, found, _(PAUSED), now)
            summary.counts[FINDINGS], summary.problem = len(found), NOT_TRUE
    return summary


def _alarm(session: Session, found: Sequence[str], reason: str, now: datetime) -> None:
    """Pause the shop, unless a moderator opened it again knowing just this; say so once a day."""
    digest = hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:16]
    if not session.scalar(select(exists().where(Post.key.startswith(f"ledger:{digest}:")))):
        pauses.begin(session, pauses.SHOP, reason, CHECKER, now)
    told = {
        "problems": list(found[:SHOWN]),
        "count": len(found),
        "is_paused": pauses.open_(session, pauses.SHOP) is not None,
    }
    posts.post(session, posts.LEDGER, f"ledger:{digest}:{now.date().isoformat()}", told, now)
