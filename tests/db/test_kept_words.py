"""Sentences are kept in parts, and come back as they were."""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db import kept_words
from db.refused import Refused, Sentence, Term

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
INNER = Refused("There is no bucket {name}.", name="videos")


@pytest.mark.parametrize(
    "said",
    [
        Refused("Nothing waits."),
        Refused("{count} video", plural="{count} videos", count=1_200),
        Refused("{job} since {since}", job=Term("judge"), since=NOON),
        Refused("{path} can't be read.", path=Path("/keys/a.json")),
        Refused("A batch is lost: {reason}", reason=INNER.reason),
        Refused("{value} of {most}", value=0.5, most=None),
    ],
)
def test_a_sentence_comes_back_as_it_was_kept(said: Refused):
    told = json.loads(json.dumps(kept_words.kept(said)))
    back = kept_words.read(told)
    assert (back.reason, back.plural, back.count) == (said.reason, said.plural, said.count)
    assert kept_words.kept(back) == told


def test_words_and_sentences_of_ours_come_back_as_such():
    said = Refused("{job}: {reason}", job=Term("judge"), reason=str(ValueError(INNER.reason)))
    values = kept_words.read(json.loads(json.dumps(kept_words.kept(said)))).values
    assert isinstance(values["job"], Term)
    assert isinstance(values["reason"], Sentence)
    assert values["reason"].refused.values == {"name": "videos"}


def pickled(said: Sentence) -> Sentence:
    back: Sentence = pickle.loads(pickle.dumps(said))  # noqa: S301  # of ours, a line before
    return back


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_of_a_sentence_can_still_be_said_in_any_language(
    copied: Callable[[Sentence], Sentence],
):
    said = Refused("A batch is lost: {reason}", reason=INNER.reason).reason
    again = copied(said)
    assert (again, type(again)) == (said, Sentence)
    assert kept_words.kept(again.refused) == kept_words.kept(said.refused)
