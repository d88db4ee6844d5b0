"""What leaves the programme as a table, for a period: one streaming select for each kind.

Times are UTC. Nobody's account on a platform is in it: who did something is called by handle, or
by name, or by the platform alone. What each kind has for columns:

- points, a row for each creator: `creator_id`, `handle`; what the period brought: `earned` (awards
  less their reversals), `spent` (redemptions less refunds), `lent` (advances less repayments),
  `adjusted` (by moderators), `change` (all of it); `balance` at the period's end; as it is now:
  `owed`, `open_points` (estimates of open videos), `videos`, `settled_videos`
- ledger, a row for each transfer of the period: `transfer_id`, `created_at`, `kind`, `amount`,
  `from_account`, `to_account`, `creator_id`, `handle`, `balance_after` (the creator's), `reason`,
  `made_by`, `reverses`, `redemption_id`, and what an award was made from: `video_id`,
  `reading_id`, `sentiment_id`, `baseline_id`
- redemptions, asked for in the period: `redemption_id`, `creation_date`, `creator_id`, `handle`,
  `reward_id`, `reward`, `amount`, `exposure`, `state`, `changed_at`, `changed_by`, `reason`,
  `evidence`, `deliver_by`
- audit, acts of the period: `audit_id`, `created_at`, `done_by`, `act`, `subject`, `handle`,
  `reason`, `before`, `after` (JSON), `undoes`
- videos, posted in the period: `video_id`, `creator_id`, `handle`, `caption`, `url`,
  `date_posted`; what its points were made from: `observed_at`, `views`, `likes`, `shares`,
  `bookmarks`, `comments`, `sentiment`, `baseline_id`; `video_points`, `settled_at`, `settlement`,
  `held_at`, `held_reason`
- sentiments, a row for each judgement of the period: `judgement_id`, `judged_at`, `video_id`,
  `creator_id`, `handle`; who watched which file: `model`, `prompt_version` (the rubric's),
  `generation`; what was made of it: `state`, `sentiment` (0 to 1), `spread`, `samples`,
  `confidence`, `tone`, `reason`, `language`; `tokens`, `dollars`; by which row it counts:
  `sentiment_id`; where a moderator had to decide: `review`, `decided`, `decided_at`, `decided_by`
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from db import ledger
from db.models import (
    Account,
    Audit,
    Creator,
    Entry,
    Judgement,
    Reading,
    Redemption,
    Review,
    Reward,
    Sentiment,
    Transfer,
    Video,
)

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment on, and up to another but without it; None: without an end."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
        """Tell whether a moment lies in it."""
        after = moment >= self.since if self.since else true()
        return and_(after, moment < self.until if self.until else true())


def _points(period: Period) -> Rows:
    moved, ended, made = _moved(period), _balances(period), _videos_made()
    zero = (func.coalesce(moved.c[name], 0).label(name) for name in ("earned", "spent", "lent"))
    return (
        select(
            Creator.creator_id,
            Creator.handle,
            *zero,
            func.coalesce(moved.c.adjusted, 0).label("adjusted"),
            func.coalesce(moved.c.change, 0).label("change"),
            func.coalesce(ended.c.balance, 0).label("balance"),
            func.coalesce(Account.owed, 0).label("owed"),
            func.coalesce(made.c.open_points, 0).label("open_points"),
            func.coalesce(made.c.videos, 0).label("videos"),
            func.coalesce(made.c.settled_videos, 0).label("settled_videos"),
        )
        .outerjoin(Account, Account.creator_id == Creator.creator_id)
        .outerjoin(moved, moved.c.account_id == Account.account_id)
        .outerjoin(ended, ended.c.account_id == Account.account_id)
        .outerjoin(made, made.c.creator_id == Creator.creator_id)
        .order_by(Creator.creator_id)
    )


def _moved(period: Period) -> Subquery:
    """Sum what each account's entries of a period were for: each counts in one of the columns."""
    lent = Transfer.kind.in_((ledger.ADVANCE, ledger.REPAYMENT))
    earned = or_(
        Transfer.kind == ledger.AWARD,
        and_(Transfer.kind == ledger.REVERSAL, Transfer.video_id.is_not(None)),
    )
    spent = Transfer.redemption_id.is_not(None)
    use = case((lent, "lent"), (earned, "earned"), (spent, "spent"), else_="adjusted")
    sign = {"spent": -1}

    def total(name: str) -> ColumnElement[int]:
        amount = Entry.amount * sign.get(name, 1)
        return func.sum(case((use == name, amount), else_=0)).label(name)

    return (
        select(
            Entry.account_id,
            *map(total, ("earned", "spent", "lent", "adjusted")),
            func.sum(Entry.amount).label("change"),
        )
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .where(Entry.position.is_not(None), period.holds(Transfer.created_at))
        .group_by(Entry.account_id)
        .subquery()
    )


def _balances(period: Period) -> Subquery:
    before = Period(None, period.until)
    return (
        select(Entry.account_id, func.sum(Entry.amount).label("balance"))
        .join(Transfer, Transfer.transfer_id == Entry.transfer_id)
        .where(Entry.position.is_not(None), before.holds(Transfer.created_at))
        .group_by(Entry.account_id)
        .subquery()
    )


def _videos_made() -> Subquery:
    is_open = Video.settled_at.is_(None)
    return (
        select(
            Video.creator_id,
            func.sum(case((is_open, Video.video_points), else_=0)).label("open_points"),
            func.count().label("videos"),
            func.count(Video.settled_at).label("settled_videos"),
        )
        .group_by(Video.creator_id)
        .subquery()
    )


def _ledger(period: Period) -> Rows:
    gives, takes = aliased(Entry), aliased(Entry)
    whose = case((takes.position.is_not(None), takes.account_id), else_=gives.account_id)
    return (
        select(
            Transfer.transfer_id,
            Transfer.created_at,
            Transfer.kind,
            Transfer.amount,
            gives.account_id.label("from_account"),
            takes.account_id.label("to_account"),
            Creator.creator_id,
            Creator.handle,
            func.coalesce(takes.balance_after, gives.balance_after).label("balance_after"),
            Transfer.reason,
            Transfer.actor.label("made_by"),
            Transfer.reverses,
            Transfer.redemption_id,
            Transfer.video_id,
            Transfer.reading_id,
            Transfer.sentiment_id,
            Transfer.baseline_id,
        )
        .join(gives, and_(gives.transfer_id == Transfer.transfer_id, gives.amount < 0))
        .join(takes, and_(takes.transfer_id == Transfer.transfer_id, takes.amount > 0))
        .outerjoin(Account, Account.account_id == whose)
        .outerjoin(Creator, Creator.creator_id == Account.creator_id)
        .where(period.holds(Transfer.created_at))
        .order_by(Transfer.created_at, Transfer.transfer_id)
    )


def _redemptions(period: Period) -> Rows:
    return (
        select(
            Redemption.redemption_id,
            Redemption.creation_date,
            Redemption.creator_id,
            Creator.handle,
            Redemption.reward_id,
            Reward.name.label("reward"),
            Redemption.amount,
            Redemption.exposure,
            Redemption.state,
            Redemption.changed_at,
            Redemption.changed_by,
            Redemption.reason,
            Redemption.evidence,
            Redemption.deliver_by,
        )
        .join(Creator, Creator.creator_id == Redemption.creator_id)
        .join(Reward, Reward.reward_id == Redemption.reward_id)
        .where(period.holds(Redemption.creation_date))
        .order_by(Redemption.creation_date, Redemption.redemption_id)
    )


def _audit(period: Period) -> Rows:
    return (
        select(
            Audit.audit_id,
            Audit.created_at,
            Audit.actor.label("done_by"),
            Audit.act,
            Audit.subject,
            Creator.handle,
            Audit.reason,
            Audit.before,
            Audit.after,
            Audit.undoes,
        )
        .outerjoin(Creator, Creator.creator_id == Audit.subject)
        .where(period.holds(Audit.created_at))
        .order_by(Audit.created_at, Audit.audit_id)
    )


def _videos(period: Period) -> Rows:
    return (
        select(
            Video.video_id,
            Video.creator_id,
            Creator.handle,
            Video.caption,
            Video.url,
            Video.date_posted,
            Reading.observed_at,
            Reading.views,
            Reading.likes,
            Reading.shares,
            Reading.bookmarks,
            Reading.comments,
            Sentiment.sentiment,
            Video.baseline_id,
            Video.video_points,
            Video.settled_at,
            Video.settlement,
            Video.held_at,
            Video.held_reason,
        )
        .join(Creator, Creator.creator_id == Video.creator_id)
        .outerjoin(Reading, Reading.reading_id == Video.reading_id)
        .outerjoin(Sentiment, Sentiment.sentiment_id == Video.sentiment_id)
        .where(period.holds(Video.date_posted))
        .order_by(Video.date_posted, Video.video_id)
    )


def _sentiments(period: Period) -> Rows:
    return (
        select(
            Judgement.judgement_id,
            Judgement.judged_at,
            Judgement.video_id,
            Video.creator_id,
            Creator.handle,
            Judgement.model,
            Judgement.prompt_version,
            Judgement.generation,
            Judgement.state,
            Judgement.sentiment,
            Judgement.spread,
            Judgement.samples,
            Judgement.confidence,
            Judgement.tone,
            Judgement.reason,
            Judgement.language,
            Judgement.tokens,
            (Judgement.micros / 1_000_000.0).label("dollars"),
            Judgement.sentiment_id,
            Review.state.label("review"),
            Review.value.label("decided"),
            Review.decided_at,
            Review.decided_by,
        )
        .join(Video, Video.video_id == Judgement.video_id)
        .join(Creator, Creator.creator_id == Video.creator_id)
        .outerjoin(Review, Review.judgement_id == Judgement.judgement_id)
        .where(period.holds(Judgement.judged_at))
        .order_by(Judgement.judged_at, Judgement.judgement_id)
    )


KINDS: Mapping[str, Callable[[Period], Rows]] = {
    "points": _points,
    "ledger": _ledger,
    "redemptions": _redemptions,
    "audit": _audit,
    "videos": _videos,
    "sentiments": _sentiments,
}
"""How each kind is asked for."""
