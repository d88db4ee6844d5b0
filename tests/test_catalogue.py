"""Nothing that a person reads bypasses the catalogues, and each catalogue is complete."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from bot.language import ENGLISH, LANGUAGES
from tests import catalogue
from tests.catalogue import Said, said_in, sources, template, texts_of

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
SHOWN = {"title", "text", "note", "prompt", "label", "alt"}
"""The keywords under which words reach a person."""
FIRST = {"Button", "Column", "Link", "Menu"}
"""What is made with its words first."""
SAYS = {"_", "several", "Refused"}


@pytest.fixture(scope="module")
def said() -> Catalog:
    """All that is said in the code."""
    return template()


@pytest.fixture(scope="module", params=OTHERS)
def translated(request: pytest.FixtureRequest) -> Catalog:
    """Each catalogue in turn."""
    return catalogue.read(request.param)


def ids_of(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def places(texts: tuple[str, ...]) -> set[str]:
    """The names in braces."""
    return {name for text in texts for _t, name, _f, _c in Formatter().parse(text) if name}


def test_nothing_lacks_a_translation(said: Catalog, translated: Catalog):
    lacking = [one.id for one in said if one.id and not translated.get(one.id)]
    assert lacking == []
    assert [one.id for one in catalogue.missing(translated)] == []


def test_nothing_is_translated_that_is_said_no_more(said: Catalog, translated: Catalog):
    assert [one.id for one in translated if one.id and not said.get(one.id)] == []
    assert not translated.obsolete


def test_a_translation_names_the_values_of_its_sentence(translated: Catalog):
    different = [one.id for one in translated if places(ids_of(one)) != places(texts_of(one))]
    assert different == []


def test_every_plural_form_is_there(translated: Catalog):
    for one in translated:
        if one.pluralizable:
            assert len(texts_of(one)) == translated.num_plurals
            assert all(texts_of(one))


def test_blanks_and_full_stops_at_the_end_are_kept(translated: Catalog):
    """What is joined stays apart, and a sentence stays one."""
    for one in translated:
        if one.id and one.id != ", ":
            ends = {text[-1:].isspace() for text in (*ids_of(one), *texts_of(one))}
            assert len(ends) == 1, one.id
            full = {text.rstrip().endswith((".", "?")) for text in (*ids_of(one), *texts_of(one))}
            assert len(full) == 1, one.id


def test_words_are_found_wherever_they_are_said():
    source = """
FIRST = "one"
SECOND = N_("two")
_(FIRST)
_("three", name=1)
several("a {count}", "b {count}", 2)
raise Refused("four {x}", x=1)
raise Refused("c {count}", plural="d {count}", count=3)
@command("points", "five")
def f(a: Annotated[str, Argument("six", suggest=g)]): ...
_("seven" if a else "eight")
def g():
    text = "nine"
    return Refused(text)
_(unknown)
other("ten")
"""
    found = said_in(source)
    assert [one.id for one in found] == [
        "two", "one", "three", ("a {count}", "b {count}"), "four {x}", ("c {count}", "d {count}"),
        "five", "six", "seven", "eight", "nine",
    ]  # fmt: skip
    assert found[0] == Said("two", 3)


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def untranslated(node: ast.expr) -> list[str]:
    """The words in an expression that no call translates: plain letters, not signs."""
    if isinstance(node, ast.Call | ast.Compare):
        return []
    if isinstance(node, ast.Constant):
        words = isinstance(node.value, str) and any(map(str.isalpha, node.value))
        return [node.value] if words else []
    return [text for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
            for text in untranslated(child)]  # fmt: skip


def shown(name: str, call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that a person reads."""
    named = [one.value for one in call.keywords if one.arg in SHOWN]
    return [*named, *(call.args[:1] if name in FIRST else [])]


def rooms(*names: str) -> list[Path]:
    found = [
        path
        for path in sources()
        if any(path.is_relative_to(catalogue.ROOT / one) for one in names)
    ]
    assert found
    return found


def test_no_words_reach_a_person_untranslated():
    """A formula's z and an id are no words."""
    allowed = {"z", "@", "/"}
    bypassing = [
        (path.name, call.lineno, text)
        for path in rooms("bot/commands", "bot/fronts")
        for name, call in calls(path)
        if name in FIRST | {"Reply", "Picture"}
        for one in shown(name, call)
        for text in untranslated(one)
        if text not in allowed
    ]
    assert bypassing == []


def test_a_sentence_is_a_literal_that_translators_see():
    """An f-string is another sentence each time, and no catalogue has it."""
    bypassing = [
        (path.name, call.lineno)
        for path in sources()
        for name, call in calls(path)
        if name in SAYS and any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in call.args)
    ]
    assert bypassing == []


def test_a_refusal_is_a_literal_or_a_constant_beside_it():
    known = {
        (path.name, one.line)
        for path in sources()
        for one in said_in(path.read_text(encoding="utf-8"))
    }
    unseen = [
        (path.name, call.lineno)
        for path in sources()
        for name, call in calls(path)
        if name == "Refused" and call.args and (path.name, call.lineno) not in known
    ]
    busy = [("sqlite.py", line) for line in _lines("db/sqlite.py", "Refused(BUSY)")]
    instead = _lines("bot/commands/mod_undo.py", "Refused(instead)")
    kept = [("kept_words.py", line) for line in _lines("db/kept_words.py", "Refused(told[")]
    elsewhere = [*kept, *(("mod_undo.py", line) for line in instead), *busy]
    assert sorted(unseen) == elsewhere, "what says these first has them, each marked there"


def test_why_a_judge_gives_no_answer_can_be_said_in_any_language():
    """A reason is shown to moderators, so it is what a refusal says, and no plain text."""
    plain = [
        (path.name, call.lineno)
        for path in rooms("scoring")
        for name, call in calls(path)
        if name in {"TryAgain", "NotAllowed", "Rejected", "NotTaken"}
        and any(isinstance(one, ast.Constant | ast.JoinedStr) for one in call.args)
    ]
    assert plain == []


def _lines(name: str, sought: str) -> list[int]:
    text = (catalogue.ROOT / name).read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(text, 1) if sought in line]
