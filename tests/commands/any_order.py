"""Two moderators, two creators and a refresh, who do whatever comes to mind, by their commands."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select
from sqlalchemy.orm import Session

from bot.reply import Reply, Tone
from bot.undoing import OPPOSITES
from db import check, ledger
from db.models import (
    Account,
    Appeal,
    Audit,
    Entry,
    Proposal,
    Redemption,
    Sentiment,
    Transfer,
    Video,
)
from db.rewards import GIVEN_BACK
from scoring import recheck
from scoring.refresh import Refresh, refresh
from tests.commands.desk_moving import LU
from tests.commands.programme import CAT, DOG, GARDEN, LUNCH, NOW, People, Person

VIDEOS = (GARDEN, DOG, CAT, LUNCH)
HANDLES = ("ana", "ben")
FIELDS = {"views": (500, 4_000), "likes": (0, 400), "shares": (0, 30)}
MOVES = ("mod grant", "mod deduct", "mod reverse")


@dataclass
class Desk:
    """What has happened so far."""

    people: People
    chance: Random
    minutes: int = 0
    adjusted: Counter[str] = field(default_factory=Counter)
    """Points that moderators gave less those that they took, by creator."""
    done: Counter[str] = field(default_factory=Counter)
    """How often each act was done, rather than refused."""

    async def step(self) -> None:
        """Do something, and see that the books are true."""
        self.minutes += 1
        act = self.chance.choice(ACTS)
        before = await self.people.store.read(_moves)
        reply = await act(self)
        assert reply is None or "our fault" not in reply.text, reply
        self.done[act.__name__] += reply is None or reply.tone is not Tone.REFUSED
        await self._count(before)
        assert await self.people.store.read(_wrong) == []
        assert await self.people.store.read(_worth) == await self.people.store.read(
            _expected, self.adjusted
        )

    async def _count(self, before: int) -> None:
        """Learn from the record, and not from the ledger, what was given and taken."""
        for creator_id, points in await self.people.store.read(_new_moves, before):
            self.adjusted[creator_id] += points

    @property
    def _now(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)

    def _person(self, person: Person) -> Person:
        return replace(person, at=self._now)

    async def _mo(self, line: str) -> Reply:
        return await self._person(self.people.mo).says(line)

    async def _one(self, statement: Select[Any]) -> str | None:
        found = await self.people.store.read(lambda one: one.scalars(statement).all())
        return self.chance.choice(found) if found else None

    async def grant(self) -> Reply:
        handle, amount = self.chance.choice(HANDLES), self.chance.randint(1, 200)
        return await self._mo(f"/mod grant {handle} {amount} a prize")

    async def deduct(self) -> Reply:
        handle, amount = self.chance.choice(HANDLES), self.chance.randint(1, 200)
        return await self._mo(f"/mod deduct {handle} {amount} bought likes")

    async def reverse(self) -> Reply:
        return await self._mo(f"/mod reverse {await self._one(select(Transfer.transfer_id))} why")

    async def undo(self) -> Reply:
        undoes = select(Audit.undoes).where(Audit.undoes.is_not(None))
        left = select(Audit.audit_id).where(Audit.act.in_(OPPOSITES), Audit.audit_id.not_in(undoes))
        newest = left.order_by(Audit.audit_id.desc()).limit(8)
        return await self._mo(f"/mod undo {await self._one(newest)} a mistake")

    async def confirm(self) -> Reply:
        waiting = select(Proposal.proposal_id).where(Proposal.state == "waiting")
        lu = self._person(self.people.playing(LU))
        return await lu.says(f"/mod confirm {await self._one(waiting)}")

    async def undo_run(self) -> Reply:
        settled = select(Video.settled_run_id).where(Video.settled_run_id.is_not(None))
        run_id = await self._one(settled)
        return await self._mo(f'/mod undo-run {run_id} sure=yes reason="wrong figures"')

    async def release(self) -> Reply:
        held = await self._one(select(Video.video_id).where(Video.held_at.is_not(None)))
        run_id = await self._one(select(Audit.subject).where(Audit.act == "mod undo-run"))
        named = self.chance.choice([held, f"run:{run_id}"])
        return await self._mo(f"/mod video release {named} the figures are right")

    async def hold(self) -> Reply:
        return await self._mo(f"/mod video hold {self.chance.choice(VIDEOS)} it looks bought")

    async def rescore(self) -> Reply:
        video_id = self.chance.choice(VIDEOS)
        judged = (video_id, self.chance.random(), self._now)
        await self.people.store.write(_judge, *judged)
        return await self._mo(f"/mod video rescore {video_id} judged anew")

    async def appeal(self) -> Reply:
        who = self.chance.choice((self.people.ana, self.people.ben))
        named = f"{self.chance.choice(VIDEOS)} {self.chance.choice(list(FIELDS))}"
        return await self._person(who).says(f"/appeal {named} the app shows more")

    async def uphold(self) -> Reply:
        which = select(Appeal.appeal_id).where(Appeal.state == "open")
        value = self.chance.randint(*self.chance.choice(list(FIELDS.values())))
        return await self._mo(f"/mod appeal uphold {await self._one(which)} {value} it does")

    async def redeem(self) -> Reply:
        who = self.chance.choice((self.people.ana, self.people.ben))
        reward = self.chance.choice(("mug|150", "tour|200", "story|40"))
        return await self._person(who).presses(f"redeem|{reward}|{self.minutes:08x}")

    async def give_back(self) -> Reply:
        which = await self._one(select(Redemption.redemption_id))
        return await self._mo(f"/mod {self.chance.choice(('reject', 'refund'))} {which} sold out")

    async def refresh(self) -> None:
        plan = replace(self.people.settings.plan, judge="none")
        work = Refresh(self.people.store, plan, self._now, anyway=True)
        summary = await refresh(work, "system:test")
        assert summary.problem is None


ACTS: tuple[Callable[[Desk], Awaitable[Reply | None]], ...] = (
    Desk.grant, Desk.deduct, Desk.reverse, Desk.undo, Desk.undo, Desk.confirm, Desk.undo_run,
    Desk.release, Desk.release, Desk.hold, Desk.rescore, Desk.appeal, Desk.uphold, Desk.redeem,
    Desk.redeem, Desk.give_back, Desk.refresh, Desk.refresh,
)  # fmt: skip


def _judge(session: Session, video_id: str, sentiment: float, now: datetime) -> None:
    row = {
        "sentiment_id": f"{video_id}:{now.isoformat()}", "video_id": video_id,
        "sentiment": sentiment, "model": now.isoformat(), "prompt_version": "1", "samples": 1,
        "reason": "", "judged_at": now,
    }  # fmt: skip
    session.execute(insert(Sentiment), row)


def _wrong(session: Session) -> list[str]:
    return [*check.books(session), *recheck.awards(session)]


def _worth(session: Session) -> dict[str, int]:
    """What each creator has, less what they owe."""
    rows = select(Account.creator_id, Account.balance - Account.owed).where(_known())
    return {str(creator_id): worth for creator_id, worth in session.execute(rows)}


def _known() -> ColumnElement[bool]:
    return Account.creator_id.in_([f"author-{one}" for one in HANDLES])


def _expected(session: Session, adjusted: Counter[str]) -> dict[str, int]:
    """What settled videos show, with what was given and taken, less what was redeemed."""
    earned = select(Video.creator_id, func.sum(Video.video_points)).where(
        Video.settled_at.is_not(None)
    )
    spent = select(Redemption.creator_id, func.sum(Redemption.amount)).where(
        Redemption.state.not_in(GIVEN_BACK)
    )
    points = _by_creator(session, earned.group_by(Video.creator_id))
    gone = _by_creator(session, spent.group_by(Redemption.creator_id))
    ids = [f"author-{one}" for one in HANDLES]
    return {one: points[one] + adjusted[one] - gone[one] for one in ids}


def _by_creator(session: Session, sums: Select[str, int]) -> Counter[str]:
    return Counter(dict(session.execute(sums).all()))


def _moves(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Audit)) or 0


def _new_moves(session: Session, known: int) -> list[tuple[str, int]]:
    """By how much each act moved points beside awards, from what the record says of it."""
    lines = session.scalars(select(Audit).order_by(Audit.audit_id).offset(known)).all()
    return [(one.subject, _effect(session, one)) for one in lines]


def _effect(session: Session, line: Audit) -> int:
    if line.act == "mod undo" and line.undoes:
        return -_effect(session, session.get_one(Audit, line.undoes))
    if line.act not in MOVES or "video_id" in (line.after or {}):
        return 0
    points = int(line.after["points"])
    if line.act == "mod reverse":
        return -_came(session, line.after["transfer_id"])
    return points if line.act == "mod grant" else -points


def _came(session: Session, transfer_id: str) -> int:
    """What a transfer gave to a creator."""
    amount = select(Entry.amount).where(
        Entry.transfer_id == transfer_id, Entry.account_id.not_in(ledger.SYSTEM)
    )
    return session.scalars(amount).one()
