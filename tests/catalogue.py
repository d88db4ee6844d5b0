"""Gathers all that is said, and brings the catalogues up to date: `python -m tests.catalogue`.

Translations that are there stay, what is said no more goes, and what lacks words is printed.
Babel's own extractor knows neither the plural of a `Refused` nor words that a constant holds.
"""

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from bot.language import ENGLISH, FOLDER, LANGUAGES

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "db", "scoring")
PLACES = {
    "_": (0,),
    "N_": (0,),
    "several": (0, 1),
    "Refused": (0,),
    "command": (1,),
    "Argument": (0,),
}
"""Where in a call its words stand."""
PLURAL = "plural"
"""The keyword under which a refusal has its second sentence."""

MARK = "N_"

Id = str | tuple[str, str]
Known = Mapping[str, Sequence[ast.expr]]
"""What each name may hold."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words in the code: one sentence, or two of which the number chooses one."""

    id: Id
    line: int


def said_in(source: str) -> list[Said]:
    """Return the words of a module in their order."""
    return sorted(_said_below(ast.parse(source), {}), key=lambda one: one.line)


def _said_below(node: ast.AST, known: Known) -> Iterator[Said]:
    """Go through a module or function, which know what their own names hold."""
    if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
        known = {**known, **_held(node)}
    if isinstance(node, ast.Call):
        yield from _of_call(node, known)
    for child in ast.iter_child_nodes(node):
        yield from _said_below(child, known)


def _held(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> Known:
    """Return what is assigned to each name: in a module's own lines, anywhere in a function."""
    lines = node.body if isinstance(node, ast.Module) else ast.walk(node)
    held: dict[str, list[ast.expr]] = {}
    for one in lines:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            held.setdefault(one.targets[0].id, []).append(one.value)
    return held


def _of_call(call: ast.Call, known: Known) -> Iterator[Said]:
    if not isinstance(call.func, ast.Name) or call.func.id not in PLACES:
        return
    places = PLACES[call.func.id]
    given = [call.args[place] for place in places if place < len(call.args)]
    given += [one.value for one in call.keywords if one.arg == PLURAL]
    each = [_texts(one, known) for one in given]
    if len(each) == 1:
        yield from (Said(text, call.lineno) for text in each[0])
    elif len(each) == 2 and all(each):
        yield Said((each[0][0], each[1][0]), call.lineno)


def _texts(node: ast.expr, known: Known) -> list[str]:
    """Return the literals that an argument may be: its own, or those that its name holds."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value else []
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, known), *_texts(node.orelse, known)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == MARK:
        return _texts(node.args[0], {})
    if isinstance(node, ast.Name):
        return [text for one in known.get(node.id, ()) for text in _texts(one, {})]
    return []


def sources() -> list[Path]:
    """Return the modules in which something may be said."""
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def template() -> Catalog:
    """Return all that is said, without translations."""
    catalog = Catalog()
    for path in sources():
        where = path.relative_to(ROOT).as_posix()
        for one in said_in(path.read_text(encoding="utf-8")):
            catalog.add(one.id, locations=[(where, one.line)])
    return catalog


def path_of(code: str) -> Path:
    """Return where a language's catalogue lies."""
    return FOLDER / code / "LC_MESSAGES" / "fairpoints.po"


def read(code: str) -> Catalog:
    """Return a language's catalogue."""
    with path_of(code).open("rb") as file:
        return read_po(file, locale=code)


def missing(catalog: Catalog) -> list[Message]:
    """Return what has no translation, or one that nobody has looked at."""
    return [one for one in catalog if one.id and (one.fuzzy or not all(texts_of(one)))]


def texts_of(message: Message) -> tuple[str, ...]:
    """Return a message's translation, in all of its plural forms."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def bring_up_to_date(code: str, said: Catalog) -> Catalog:
    """Bring a catalogue to what is said now, and write it."""
    catalog = read(code)
    catalog.update(said, no_fuzzy_matching=True, update_creation_date=False)
    with path_of(code).open("wb") as file:
        write_po(file, catalog, width=100, ignore_obsolete=True, include_lineno=False)
    return catalog


def main() -> int:
    """Bring each catalogue up to date; return how many messages lack words."""
    said = template()
    lacking = 0
    for code in LANGUAGES:
        if code != ENGLISH:
            found = missing(bring_up_to_date(code, said))
            lacking += len(found)
            print(f"{code}: {len(said)} messages, {len(found)} to translate")
            for one in found:
                print(f"  {one.id!r}")
    return lacking


if __name__ == "__main__":
    sys.exit(min(main(), 1))
