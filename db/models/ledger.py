"""The ledger: accounts, transfers and their entries. What must never change has triggers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Whole
from db.models.base import STRICT, Base, Id, references


class Account(Base):
    """Where points lie. System accounts keep no balance: it is the sum of their entries."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="balance_not_negative"),
        CheckConstraint("owed >= 0", name="owed_not_negative"),
        CheckConstraint("(creator_id IS NULL) = (balance IS NULL)", name="creators_have_balances"),
        Index("accounts_by_earned", "earned"),
        STRICT,
    )

    account_id: Mapped[Id]
    creator_id: Mapped[str | None] = mapped_column(
        Text, ForeignKey("creators.creator_id"), unique=True
    )
    balance: Mapped[int | None]
    earned: Mapped[int] = mapped_column(Whole, default=0)
    """Points from awards less their reversals: what ranks are made of."""
    entry_count: Mapped[int] = mapped_column(Whole, default=0)
    chain: Mapped[str] = mapped_column(Text, default="")
    """The hash of the newest entry."""
    owed: Mapped[int] = mapped_column(Whole, server_default=text("0"))
    """Points that were spent before their award was taken back: later settlements pay them."""


class Transfer(Base):
    """A movement of points from one account to another; never changed, never deleted."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("transfers_by_video", "video_id"),
        STRICT,
    )

    transfer_id: Mapped[Id]
    key: Mapped[str] = mapped_column(Text, unique=True)
    fingerprint: Mapped[str]
    kind: Mapped[str]
    """award, redemption, fulfilment, refund, adjustment, reversal, advance or repayment."""
    amount: Mapped[int]
    reason: Mapped[str]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    reverses: Mapped[str | None] = mapped_column(
        Text, ForeignKey("transfers.transfer_id"), unique=True
    )
    video_id: Mapped[str | None] = references("videos.video_id")
    reading_id: Mapped[str | None] = references("readings.reading_id")
    sentiment_id: Mapped[str | None] = references("sentiments.sentiment_id")
    baseline_id: Mapped[str | None] = references("baselines.baseline_id")
    """An award names what it was made from, so that anyone can make it again."""
    redemption_id: Mapped[str | None]


class Entry(Base):
    """One side of a transfer; a creator's entries form a hash chain."""

    __tablename__ = "entries"
    __table_args__ = (
        Index("entries_two_sides", "transfer_id", text("(amount > 0)"), unique=True),
        UniqueConstraint("account_id", "position"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("balance_after >= 0", name="balance_after_not_negative"),
        STRICT,
    )

    transfer_id: Mapped[str] = mapped_column(
        Text, ForeignKey("transfers.transfer_id"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(
        Text, ForeignKey("accounts.account_id"), primary_key=True
    )
    amount: Mapped[int]
    position: Mapped[int | None]
    balance_after: Mapped[int | None]
    chain: Mapped[str | None]
