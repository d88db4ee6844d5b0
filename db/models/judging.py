"""How videos are watched: their files, the judges, each answer, and what was made of all."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Whole
from db.models.base import STRICT, Base, Id, references


class VideoFile(Base):
    """The file of a video in the bucket, as it was last looked for."""

    __tablename__ = "video_files"
    __table_args__ = (
        CheckConstraint(
            "state IN ('found', 'missing', 'denied', 'unfit')", name="file_state_known"
        ),
        CheckConstraint(
            "state <> 'found' OR (generation IS NOT NULL AND size >= 0)", name="found_file_is_told"
        ),
        Index("video_files_due", "due_at"),
        STRICT,
    )

    video_id: Mapped[str] = mapped_column(Text, ForeignKey("videos.video_id"), primary_key=True)
    state: Mapped[str]
    """unfit: it is there, and is no video, or larger than the config allows."""
    problem: Mapped[str | None]
    """Why it can't be judged, in one line; None where it is found."""
    name: Mapped[str]
    """Of the object in the bucket."""
    generation: Mapped[str | None]
    """Which of the objects that ever had this name: another content is another generation."""
    size: Mapped[int | None]
    """Bytes."""
    md5: Mapped[str | None]
    """Base64, as the bucket tells it; an object that was put together of parts has none."""
    media_type: Mapped[str | None]
    """Such as video/mp4."""
    tries: Mapped[int]
    """How often in a row it was not found."""
    looked_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When it is looked for again; None once it is found."""


class Judge(Base):
    """Who has judged by watching, and since when what they say counts."""

    __tablename__ = "judges"
    __table_args__ = (UniqueConstraint("model", "prompt_version"), STRICT)

    judge_id: Mapped[Id]
    """Eight characters that people can type."""
    model: Mapped[str]
    prompt_version: Mapped[str]
    """The rubric's version, and the first characters of its digest, such as `1-3f2a9c`."""
    first_at: Mapped[datetime]
    adopted_at: Mapped[datetime | None]
    """None while it is on trial: what it says counts for nobody's points."""
    adopted_by: Mapped[str | None]
    """Such as `discord:1234`; `system:first` where nobody had judged before."""
    tried_at: Mapped[datetime | None]
    """Since when its trial waits for a moderator; None before its end, and once it is adopted."""


class Judgement(Base):
    """What a judge made of one file, once for each; the figure that counts is a sentiment."""

    __tablename__ = "judgements"
    __table_args__ = (
        UniqueConstraint("video_id", "model", "prompt_version", "generation"),
        CheckConstraint(
            "state IN ('judged', 'uncertain', 'flagged', 'unjudgeable', 'refused', 'failed')",
            name="judgement_state_known",
        ),
        CheckConstraint("sentiment BETWEEN 0 AND 1", name="judged_in_range"),
        Index("judgements_by_sentiment", "sentiment_id"),
        Index("judgements_by_judge", "model", "prompt_version", "state"),
        STRICT,
    )

    judgement_id: Mapped[Id]
    video_id: Mapped[str] = references("videos.video_id")
    model: Mapped[str]
    prompt_version: Mapped[str]
    generation: Mapped[str]
    state: Mapped[str]
    """judged: its median counts. uncertain, flagged: a moderator decides. unjudgeable: there is
    nothing to judge in it. refused: the judge would not answer. failed: no answer was of use."""
    sentiment: Mapped[float | None]
    """The median of the samples, 0 to 1."""
    spread: Mapped[float | None]
    """Highest less lowest sample; from six on, without the highest and the lowest of each six."""
    samples: Mapped[int]
    """How many answers it is made of."""
    confidence: Mapped[float | None]
    """The median of what the answers say of themselves, 0 to 1."""
    tone: Mapped[str]
    """Three words."""
    reason: Mapped[str]
    """Two sentences of the answer nearest to the median; else why there is no figure."""
    language: Mapped[str]
    tokens: Mapped[int]
    """Of all its samples, in and out."""
    micros: Mapped[int]
    """What they cost, in millionths of a dollar."""
    judged_at: Mapped[datetime]
    run_id: Mapped[str] = references("runs.run_id")
    sentiment_id: Mapped[str | None] = references("sentiments.sentiment_id")
    """The row by which it counts; None while its judge is on trial, or without a figure."""


class Sample(Base):
    """One question to a judge, written before it is asked, so that none is asked twice."""

    __tablename__ = "samples"
    __table_args__ = (
        UniqueConstraint("video_id", "model", "prompt_version", "generation", "number"),
        CheckConstraint(
            "state IN ('asked', 'answered', 'unjudgeable', 'safety', 'recitation', 'max_tokens',"
            " 'empty', 'malformed', 'rejected', 'failed', 'lost')",
            name="sample_state_known",
        ),
        CheckConstraint("sentiment BETWEEN 0 AND 1", name="sample_in_range"),
        Index(
            "samples_asked",
            "run_id",
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
        Index("samples_by_day", "day"),
        STRICT,
    )

    sample_id: Mapped[Id]
    video_id: Mapped[str] = references("videos.video_id")
    model: Mapped[str]
    prompt_version: Mapped[str]
    generation: Mapped[str]
    number: Mapped[int]
    """From 1 on; one that is lost or failed is never asked again: the next number is."""
    run_id: Mapped[str] = references("runs.run_id")
    batch_id: Mapped[str | None] = references("batches.batch_id")
    """The batch in which it was asked, if it was."""
    state: Mapped[str]
    """asked: on its way. rejected: the file was not taken. failed: the service gave no answer.
    lost: nobody knows whether it was answered, and its cost stays counted."""
    sentiment: Mapped[float | None]
    confidence: Mapped[float | None]
    tone: Mapped[str]
    reason: Mapped[str]
    language: Mapped[str]
    addresses_judge: Mapped[int] = mapped_column(Whole, default=0)
    """1 where the answer says that the content speaks to its judge."""
    day: Mapped[str]
    """The UTC day whose budget it is taken from, such as 2026-11-28."""
    calls: Mapped[int]
    """Requests that were sent for it, repeats included."""
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    """Both as they were set aside while it is on its way, then as they were told."""
    micros: Mapped[int]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Batch(Base):
    """Questions that were handed over together, at the lower price, to be answered within a day."""

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("state IN ('sending', 'sent', 'done', 'lost')", name="batch_state_known"),
        Index(
            "batches_out",
            "model",
            "prompt_version",
            unique=True,
            sqlite_where=text("state IN ('sending', 'sent')"),
            postgresql_where=text("state IN ('sending', 'sent')"),
        ),
        STRICT,
    )

    batch_id: Mapped[Id]
    name: Mapped[str | None]
    """What the service calls it; None until it has taken it."""
    model: Mapped[str]
    prompt_version: Mapped[str]
    state: Mapped[str]
    questions: Mapped[int]
    problem: Mapped[str | None]
    created_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Spending(Base):
    """What one UTC day's questions cost, with what is set aside for those on their way."""

    __tablename__ = "spending"
    __table_args__ = (
        CheckConstraint("calls >= 0 AND tokens >= 0 AND micros >= 0", name="spent_not_negative"),
        STRICT,
    )

    day: Mapped[Id]
    calls: Mapped[int]
    tokens: Mapped[int]
    micros: Mapped[int]
    """Millionths of a dollar."""


class Review(Base):
    """A judgement that a moderator has to decide about."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("judgement_id"),
        CheckConstraint("state IN ('open', 'decided', 'closed')", name="review_state_known"),
        Index(
            "reviews_open",
            "opened_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("reviews_by_video", "video_id"),
        STRICT,
    )

    review_id: Mapped[Id]
    """Eight characters that people can type."""
    judgement_id: Mapped[str] = references("judgements.judgement_id")
    video_id: Mapped[str] = references("videos.video_id")
    why: Mapped[str]
    """uncertain or flagged."""
    opened_at: Mapped[datetime]
    state: Mapped[str]
    """closed: the video settled without it, or its judge was replaced."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    value: Mapped[float | None]
    """The sentiment that was decided."""


class TakenObject(Base):
    """An export in the bucket that was taken in, or refused: each generation once."""

    __tablename__ = "taken_objects"
    __table_args__ = (STRICT,)

    bucket: Mapped[Id]
    name: Mapped[Id]
    generation: Mapped[Id]
    outcome: Mapped[str]
    """done or rejected."""
    taken_at: Mapped[datetime]
