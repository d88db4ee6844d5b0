"""What the tests of videos and appeals share: the books, notices, and acts undone."""

from sqlalchemy import select

from bot.reply import Reply, Tone
from db import check, ledger
from db.models import Account, Appeal, Audit, Notice, Post, Video
from scoring import recheck
from tests.commands.programme import People, Person


async def appealed(people: People, who: Person, video_id: str, field: str, reason: str) -> str:
    """Open an appeal; return its id."""
    reply = await who.says(f"/appeal {video_id} {field} {reason}")
    assert reply.tone is Tone.GOOD, reply
    wanted = select(Appeal.appeal_id).where(Appeal.state == "open", Appeal.video_id == video_id)
    return await people.store.read(lambda session: session.scalars(wanted).one())


async def undone(people: People, act: str) -> Reply:
    """Undo the newest act of a name."""
    newest = select(Audit.audit_id).where(Audit.act == act).order_by(Audit.audit_id.desc())
    audit_id = await people.store.read(lambda session: session.scalars(newest.limit(1)).one())
    return await people.mo.says(f"/mod undo {audit_id} a mistake")


async def points_of(people: People, video_id: str) -> int | None:
    wanted = select(Video.video_points).where(Video.video_id == video_id)
    return await people.store.read(lambda session: session.scalar(wanted))


async def balance(people: People, handle: str) -> int:
    return await people.store.read(ledger.balance_of, f"author-{handle}")


async def owed(people: People, handle: str) -> int | None:
    wanted = select(Account.owed).where(Account.creator_id == f"author-{handle}")
    return await people.store.read(lambda session: session.scalar(wanted))


async def told(people: People) -> list[dict[str, object]]:
    """What creators were told of what moderators decided about videos, the oldest first."""
    wanted = select(Notice.told).where(Notice.kind == "video").order_by(Notice.notice_id)
    return list(await people.store.read(lambda session: session.scalars(wanted).all()))


async def posted(people: People, appeal_id: str) -> dict[str, object]:
    wanted = select(Post.told).where(Post.key == f"appeal:{appeal_id}")
    return await people.store.read(lambda session: session.scalars(wanted).one())


async def true_books(people: People) -> bool:
    """Whether every balance and every award can be derived again."""
    wrong = await people.store.read(
        lambda session: [*check.books(session), *recheck.awards(session)]
    )
    return wrong == []


def facts(reply: Reply) -> dict[str, str]:
    return dict(reply.facts)
