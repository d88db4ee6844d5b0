"""Whoever judges, decides, adopts and takes back, in any order: who counts, and who is asked."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from db import adopting, corrections, judges, judging, reviews
from db.corrections import Source
from db.judgements import FLAGGED, JUDGED, TO_DECIDE, UNCERTAIN, UNJUDGEABLE
from db.judges import Named
from db.judging import Judged
from db.models import Base, Judgement, Review, Video
from tests.db.programme import DAY, NOW, open_creators, open_videos
from tests.judged_world import begin, judge, watch

VIDEOS = ("v1", "v2", "v3")
JUDGES = tuple(Named("gemini", f"{number}-aaaaaa") for number in (1, 2, 3))
CAPTIONED = "v3"
"""Of which the words of its caption were judged before anybody watched."""

which = st.sampled_from(VIDEOS)
who = st.sampled_from(JUDGES)
figures = st.sampled_from([0.0, 0.25, 1.0])


class Sentiments(RuleBasedStateMachine):
    """Three judges, of which one is adopted at first, three videos, and moderators."""

    @initialize()
    def begin(self) -> None:
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        self.session, self.at = Session(engine), NOW
        open_creators(self.session, ann=0)
        open_videos(self.session, "ann", *VIDEOS, age=1)
        for place, one in enumerate(JUDGES):
            judge(self.session, one, NOW, adopted=not place)
        judging.keep(self.session, "caption", "1", [Judged(CAPTIONED, 0.5, "", 1, None)], NOW)
        self.run = begin(self.session, NOW)
        self.order = [(JUDGES[0], NOW)]
        self.said: dict[tuple[Named, str], tuple[str, float | None]] = {}
        self.counts: set[tuple[Named, str]] = set()
        self.by_hand: dict[str, tuple[float, str]] = {}
        self.settled: set[str] = set()

    def _later(self) -> None:
        self.at += DAY / 24

    def _adopted(self) -> list[Named]:
        return [one for one, _at in self.order]

    def _standing(self, video: str) -> tuple[Named | None, float | None]:
        """Who of those who watch counts, and what they said."""
        for one in reversed(self._adopted()):
            if (one, video) in self.counts:
                state, value = self.said[one, video]
                return one, value if state == JUDGED else None
        return None, 0.5 if video == CAPTIONED else None

    def _waits(self, video: str) -> bool:
        one, value = self._standing(video)
        is_done = video in self.settled or video in self.by_hand
        return one is not None and value is None and not is_done

    @rule(
        video=which, one=who, value=figures,
        state=st.sampled_from([JUDGED, UNCERTAIN, FLAGGED, UNJUDGEABLE]),
    )  # fmt: skip
    def watch(self, video: str, one: Named, value: float, state: str) -> None:
        if (one, video) in self.said:
            return
        self._later()
        watch(self.session, video, (value,), self.run, self.at, state=state, by=one)
        self.said[one, video] = (state, value)
        is_late = video in self.settled and state in TO_DECIDE
        if one in self._adopted() and state != UNJUDGEABLE and not is_late:
            self.counts.add((one, video))

    @rule(one=who)
    def adopt(self, one: Named) -> None:
        if one in self._adopted():
            return
        self._later()
        adopting.adopt(self.session, judges.id_of(one), "discord:7", self.at)
        self.order.append((one, self.at))
        for (by, video), (state, _value) in self.said.items():
            if by == one and video not in self.settled and state != UNJUDGEABLE:
                self.counts.add((one, video))

    @rule()
    def undo(self) -> None:
        if len(self.order) > 1:
            self._later()
            one, at = self.order.pop()
            adopting.undo(self.session, judges.id_of(one), at, self.at)

    @rule(video=which, value=figures)
    def decide(self, video: str, value: float) -> None:
        if video in self.settled or video in self.by_hand:
            return
        self._later()
        source = Source(f"set:{self.at.isoformat()}", "discord:7", "")
        reviews.decide(self.session, video, value, source, self.at)
        self.by_hand[video] = (value, source.name)

    @rule(video=which)
    def take_back(self, video: str) -> None:
        if video in self.by_hand and video not in self.settled:
            self._later()
            source = Source(f"{self.by_hand.pop(video)[1]}:undone", "discord:7", "")
            reviews.take_back(self.session, video, source, self.at)

    @rule(video=which)
    def settle(self, video: str) -> None:
        if video not in self.settled:
            self._settled_at(video, is_settled=True)
            reviews.settled(self.session, [video], self.at)
            self.settled.add(video)

    @rule(video=which)
    def settle_no_more(self, video: str) -> None:
        if video in self.settled:
            self._settled_at(video, is_settled=False)
            reviews.resume(self.session, [video])
            self.settled.remove(video)

    def _settled_at(self, video: str, *, is_settled: bool) -> None:
        mine = update(Video).where(Video.video_id == video)
        self.session.execute(mine.values(settled_at=self.at if is_settled else None))

    @invariant()
    def a_moderators_word_counts_else_the_judge_that_was_adopted_last(self) -> None:
        found = corrections.counting(self.session, VIDEOS)
        for video in VIDEOS:
            hand = self.by_hand.get(video)
            wanted = hand[0] if hand else self._standing(video)[1]
            assert found.get(video, ("", None))[1] == wanted

    @invariant()
    def moderators_are_asked_about_what_counts_and_has_no_figure(self) -> None:
        asked = self.session.execute(
            select(Review.video_id, Judgement.prompt_version)
            .join(Judgement, Judgement.judgement_id == Review.judgement_id)
            .where(Review.state == reviews.OPEN)
        )
        wanted = [(one, self._standing(one)[0]) for one in VIDEOS if self._waits(one)]
        assert sorted(map(tuple, asked)) == [
            (video, one.prompt_version) for video, one in wanted if one
        ]

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()


TestSentiments = Sentiments.TestCase
TestSentiments.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
