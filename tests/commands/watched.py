"""What watching leaves in every table: Ana's lunch was judged, Cem's boat is in a batch."""

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from db import judgements, judges, samples
from db.judgements import Made
from db.models import Batch, Judge, TakenObject, VideoFile
from tests.commands.programme import BOAT, LUNCH, NOW
from tests.db.watching import JUDGE, add_files, answer, asked, begin, waits

TONE, REASON = "greedy, loud, merry", "Somebody eats noodles with a spoon. Everybody laughs."
NAME, MD5 = "videos/lunch-of-ana.mp4", "9SbWcYX5BEkGbtUZrCLvdA=="
WORDS = [TONE, REASON, NAME, MD5]
"""What tells of her lunch."""


def watched(session: Session) -> None:
    """Every table of watching has a row; a moderator has to decide about the lunch."""
    add_files(session, [LUNCH, BOAT])
    named = update(VideoFile).where(VideoFile.video_id == LUNCH).values(name=NAME, md5=MD5)
    session.execute(named)
    begin(session, "watch-1")
    judges.standing(session, JUDGE, NOW)
    session.execute(update(Judge).values(adopted_at=NOW, adopted_by="discord:7"))
    ids = asked(session, LUNCH, 1, 2, now=NOW)
    assert ids
    for number, sentiment in ((1, 0.2), (2, 0.9)):
        said = answer(sentiment, tone=TONE, reason=REASON)
        samples.answered(session, ids[number], said, NOW)
    one = next(each for each in waits(session) if each.video_id == LUNCH)
    made = Made("uncertain", 0.55, 0.7, 2, 0.9, TONE, REASON, "en")
    judgements.conclude(session, JUDGE, one, made, "watch-1", NOW, counts=True)
    session.execute(insert(Batch), _BATCH)
    assert asked(session, BOAT, 1, now=NOW, batch_id="b1")
    session.execute(insert(TakenObject), _OBJECT)


_BATCH = {
    "batch_id": "b1", **JUDGE._asdict(), "name": "batches/1", "state": "sent", "questions": 1,
    "created_at": NOW,
}  # fmt: skip
_OBJECT = {
    "bucket": "videos", "name": "exports/1.json", "generation": "1", "outcome": "done",
    "taken_at": NOW,
}  # fmt: skip
