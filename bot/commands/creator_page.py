"""One creator on one page, short enough to be read on a phone."""

from collections.abc import Iterator
from itertools import islice

from bot.command import SUGGESTED
from bot.commands.wording import count, points, short
from bot.fields import named
from bot.language import _, day, number, several
from bot.line import call_text
from bot.reply import Button, Menu, Reply, Style
from db.creator_file import CreatorFile, Done, ShownVideo, Whose
from db.ids import shown
from db.models import Creator

CAPTION, REASON, NOTE_SHOWN = 28, 60, 120

Fact = tuple[str, str]


def page(one: CreatorFile) -> Reply:
    """Show all about a creator: who, what they have, what waits, what was done."""
    handle = one.creator.handle or one.creator.creator_id
    return Reply(
        title=f"@{handle}",
        text="\n".join(_warnings(one)),
        facts=(
            *_who(one),
            *map(_note, one.notes),
            *_has(one),
            *_waits(one),
            *map(_act, one.acts),
        ),
        menu=_picks(one),
        buttons=_buttons(handle, frozen=one.creator.frozen_at is not None),
    )


def _warnings(one: CreatorFile) -> Iterator[str]:
    """Say first what keeps the creator from redeeming."""
    if one.creator.frozen_at is not None:
        since, reason = day(one.creator.frozen_at), one.creator.frozen_reason
        yield _("Frozen since {day}: {reason}", day=since, reason=reason)
    if one.whose.disputed:
        yield _("A code of somebody else was seen in the account; /mod resolve decides.")
    if one.whose.held_until is not None:
        yield _("Nothing is redeemed until {moment}.", moment=one.whose.held_until)
    if one.owed:
        yield _("Owes {points}, which later settlements pay.", points=points(one.owed))


def _who(one: CreatorFile) -> Iterator[Fact]:
    yield _("Linked to"), _linked(one.whose)
    said = []
    if one.whose.claims:
        said.append(several("{count} claim", "{count} claims", one.whose.claims))
    if one.whose.disputes:
        said.append(several("{count} dispute", "{count} disputes", one.whose.disputes))
    if said:
        yield _("Waiting"), ", ".join(said)
    yield _("Followers"), _followers(one.creator)


def _linked(whose: Whose) -> str:
    if whose.name is None or whose.linked_at is None:
        return _("nobody")
    accounts = ", ".join(whose.identities)
    since = day(whose.linked_at)
    return _("{name} ({accounts}) since {day}", name=whose.name, accounts=accounts, day=since)


def _followers(one: Creator) -> str:
    return _(
        "{followers}, {videos} videos on TikTok, seen {day}",
        followers=count(one.follower_count),
        videos=count(one.video_count),
        day=day(one.observed_at),
    )


def _has(one: CreatorFile) -> Iterator[Fact]:
    stands = one.standing
    yield (
        _("Points"),
        _(
            "{available} available, about {pending} pending, {earned} earned",
            available=stands.available,
            pending=stands.pending,
            earned=stands.earned,
        ),
    )
    if stands.rank is not None:
        rank = _("{rank} of {ranked}", rank=stands.rank, ranked=stands.ranked)
        yield _("Rank"), rank
    yield (
        _("Videos"),
        _(
            "{open} open, {held} held, {settled} settled",
            open=stands.open_videos,
            held=one.held,
            settled=one.settled,
        ),
    )
    for video in one.videos:
        yield short(video.caption, CAPTION), _video(video)


def _video(one: ShownVideo) -> str:
    estimated = "" if one.settled_at or one.video_points is None else "~"
    amount = "…" if one.video_points is None else f"{estimated}{number(one.video_points)}"
    if one.held_reason is not None:
        reason = short(one.held_reason, REASON)
        return _("{points}, held: {reason} ({video})", points=amount, reason=reason,
                 video=one.video_id)  # fmt: skip
    if one.settled_at is None:
        return _("{points}, open ({video})", points=amount, video=one.video_id)
    return _("{points}, settled {day} ({video})", points=amount, day=day(one.settled_at),
             video=one.video_id)  # fmt: skip


def _waits(one: CreatorFile) -> Iterator[Fact]:
    for each in one.redemptions:
        what = _("{reward} for {amount}, {state}", reward=each.name, amount=each.amount,
                 state=_(each.state))  # fmt: skip
        yield _("Redemption {redemption}", redemption=each.redemption_id), what
    for appeal in one.appeals:
        about = f"{named(appeal.field)}: {short(appeal.reason, REASON)}"
        yield _("Appeal {appeal}", appeal=appeal.appeal_id), about


def _note(one: Done) -> Fact:
    noted = _("{text} ({who}, {day})", text=short(one.reason, NOTE_SHOWN), who=one.actor,
              day=day(one.created_at))  # fmt: skip
    return _("Note"), noted


def _act(one: Done) -> Fact:
    return f"{day(one.created_at)}, {one.actor}", f"/{one.act}: {short(one.reason, REASON)}"


def _picks(one: CreatorFile) -> Menu | None:
    """Return a menu of what waits and what was done, of which one is shown alone."""
    redeemed = (
        Button(_("Redemption {redemption}: {reward}", redemption=each.redemption_id,
                 reward=each.name), call_text("mod queue", each.redemption_id))
        for each in one.redemptions
    )  # fmt: skip
    appeals = (
        Button(_("Appeal {appeal}: {field}", appeal=each.appeal_id, field=named(each.field)),
               call_text("mod appeal list", each.appeal_id))
        for each in one.appeals
    )  # fmt: skip
    done = (
        Button(
            f"{day(each.created_at)}, /{each.act}: {short(each.reason)}",
            call_text("mod record audit", "", shown(each.audit_id)),
        )
        for each in (*one.notes, *one.acts)
    )
    choices = tuple(islice((*redeemed, *appeals, *done), SUGGESTED))
    return Menu(_("Look at one, decide or undo it"), choices) if choices else None


def _buttons(handle: str, *, frozen: bool) -> tuple[Button, ...]:
    if frozen:
        state = Button(_("Unfreeze"), call_text("mod creator unfreeze", handle), asks="reason")
    else:
        call = call_text("mod creator freeze", handle)
        state = Button(_("Freeze"), call, Style.DANGER, asks="reason")
    return (
        state,
        Button(_("Note"), call_text("mod creator note", handle), asks="text"),
        Button(_("Points"), call_text("mod points", handle)),
    )
