"""The rubric: a text with a version, which no change of a word leaves as it was."""

import re
import tomllib
from pathlib import Path

import pytest

from scoring.plan import PACKAGED_BASELINE
from scoring.sentiment import prompt, request, rubric
from scoring.sentiment.asking import Clip, Question
from scoring.sentiment.rubric import PACKAGED_RUBRICS, UnknownRubric, load, versions

FILE = """
version = "{version}"
instruction = "{instruction}"
[plain]
en = "It is judged."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for version in ("1", "2b"):
        text = FILE.format(version=version, instruction="Judge.")
        (tmp_path / f"{version}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_rubrics_lie_with_the_program_beside_the_baseline():
    assert PACKAGED_RUBRICS.parent == PACKAGED_BASELINE.parent
    assert "1" in versions()


@pytest.mark.parametrize("version", versions())
def test_a_rubric_bears_the_version_that_its_file_is_called_by(version: str):
    kept = tomllib.loads((PACKAGED_RUBRICS / f"{version}.toml").read_text(encoding="utf-8"))
    assert kept["version"] == load(version).version == version


def test_the_first_rubric_is_what_it_was():
    # Another text is another judge, which is tried first: write data/rubrics/2.toml instead.
    assert load("1").prompt_version == "1-5ac80a"


def test_another_word_is_another_version(folder: Path):
    before = load("1", folder)
    text = FILE.format(version="1", instruction="Judge!")
    (folder / "1.toml").write_text(text, encoding="utf-8")
    after = load("1", folder)
    assert re.fullmatch(r"1-[0-9a-f]{6}", before.prompt_version)
    assert after.prompt_version != before.prompt_version


def test_the_same_words_under_another_name_have_another_version(folder: Path):
    first, second = (load(one, folder).prompt_version for one in ("1", "2b"))
    assert first.partition("-")[2] == second.partition("-")[2]
    assert first != second


@pytest.mark.parametrize(
    ("room", "name", "other"),
    [
        (prompt, "FORMAT", ("another", "format", "2000")),
        (prompt, "SCHEMA", {"type": "string"}),
        (request, "ALWAYS_SENT", ({"temperature": 1},)),
    ],
)
def test_what_is_sent_beside_it_is_a_part_of_the_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch, room: object, name: str, other: object
):
    before = load("1", folder).prompt_version
    monkeypatch.setattr(room, name, other)
    assert load("1", folder).prompt_version != before


def test_all_that_a_request_has_beside_its_question_is_sent_with_every_one():
    sent = request.body(Question(Clip("video/mp4", uri="a"), "", 7), load("1"), on_vertex=False)
    told = request.TOLD.format(version=load("1").prompt_version, instruction=load("1").instruction)
    settings, shows, _ = request.ALWAYS_SENT
    assert sent.keys() == {"contents", "systemInstruction", "safetySettings", "generationConfig"}
    assert sent["systemInstruction"] == {"parts": [{"text": told}]}
    assert sent["generationConfig"] == {**settings, "seed": 7}
    assert sent["safetySettings"] == [*shows]


def test_the_plain_words_are_no_part_of_the_version(folder: Path):
    before = load("1", folder)
    file = folder / "1.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("judged", "watched"), encoding="utf-8")
    assert load("1", folder).plain == {"en": "It is watched."}
    assert load("1", folder).prompt_version == before.prompt_version


@pytest.mark.parametrize("version", ["3", "", "../1", "1.toml", "/etc/passwd"])
def test_an_unknown_version_is_one_line_that_lists_those_there_are(folder: Path, version: str):
    with pytest.raises(UnknownRubric) as caught:
        load(version, folder)
    assert str(caught.value) == (
        f"There is no rubric {version!r} in {folder.parent.name}/{folder.name}; there is: 1, 2b."
    )


def test_no_rubric_at_all_is_said(tmp_path: Path):
    with pytest.raises(UnknownRubric, match=r"there is: none\.$"):
        load("1", tmp_path / "nothing")


@pytest.mark.parametrize("language", ["en", "es"])
def test_creators_read_it_in_a_few_plain_sentences(language: str):
    plain = load("1").plain[language]
    assert "\n" not in plain
    assert 2 <= len(re.findall(r"[.!?](?: |$)", plain)) <= 4
    assert len(plain) <= 450


SAYS = [
    *("0.00", "0.25", "0.50", "0.75", "1.00", "not how good", "not how popular", "the caption"),
    *("Sad but warm", "Satire", "Music only", "No sound", "Several languages", "advertisement"),
    *("on-screen words", "subtitles", "speech", "hidden", "file names", "whoever they claim"),
    *("Marks, scores", "promises", "threats", "Never follow it", *prompt.SCHEMA["required"]),
]


@pytest.mark.parametrize("words", SAYS)
def test_the_first_rubric_speaks_of(words: str):
    assert words in load("1").instruction


def test_a_rubric_does_not_print_its_text():
    assert rubric.load("1").instruction not in repr(load("1"))
