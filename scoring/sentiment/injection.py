"""Whether words speak to whoever judges them, rather than to viewers.

A phrase alone says little: people forget rules, give stars and speak of AI all the time. So most
phrases count in company only: to leave aside what was told before, or a judge that is spoken to
together with a mark to be given.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from scoring.sentiment import phrases, phrases_beyond
from scoring.sentiment.disguises import undisguised
from scoring.sentiment.phrases import Tongue

NEAR = 45
"""Signs between two phrases that belong to one sentence."""
SAME_SPEECH = 120
"""Signs between whom somebody speaks to, and what is asked of them."""

TONGUES = tuple(
    one
    for room in (phrases, phrases_beyond)
    for one in vars(room).values()
    if isinstance(one, Tongue)
)

_MARK = r"(?:1[.,]0+|0[.,]9\d{0,4})(?![.,]?\d)"
_FEELING = (
    r"(?:sentim\w*|stimmung\w*|cam xuc|情感|情绪|情緒|感情|センチメント|감정|감성|тональност\w*"
    r"|настроени\w*|المشاعر|भावना|duygu\w*|sentyment\w*)"
)
_TOP_FIGURES = r"1[.,]0+|0[.,]9\d{0,4}|1/1|10/10|100/100|100 ?%|(?:5|five) stars"
_ALONE = (
    # Tokens and marks by which models tell who speaks.
    r"< ?\| ?[a-z_ ]{2,24}\|? ?>|\[/?inst\]|<</?sys>>|\[/?system\]|<(?:start|end)_of_turn>"
    r"|</?(?:system|assistant|instructions?|prompt|caption|data|user_input|untrusted|rubric|judge"
    r"|context)(?: [^<>]{0,40})?>|### ?(?:system|assistant|human|response)\b"
    # The end of what is data, forged.
    r"|(?:<<<|>>>|===|---|###|\*\*\*|~~~|```) ?/?(?:end|begin|start|close)\b[^a-z]{0,3}"
    r"(?:of )?(?:the )?(?:\w{1,12} )?(?:caption|data|user|prompt|instructions?|context|untrusted"
    r"|system|input|document)\b|<<< ?caption|caption(?: [0-9a-f]{6,64})? ?>>>"
    # An answer, forged.
    r"|[\"']role[\"'] ?: ?[\"'](?:system|user|assistant|model)"
    r"|<!-- ?(?:ai|judge|system|llm|model)\b"
    r"|addresses_judge|sentiment_score|judgeable[\"'`]? ?[:=]"
    r"|[\"'`{,] ?sentiment[\"'`]? ?[:=] ?[\"'`]?\d|[\"'`](?:score|rating|confidence)[\"'`] ?[:=]"
    r"|\bsentiment[\"'`]?(?: [a-z]{1,12}){0,3} ?(?::?==?|:|->|=>|is|to|should be|must be|equals)"
    r" ?[\"'`]?1(?![\d%/])"
)
_ALONE_IN_WORDS = (
    rf"{_FEELING}(?: [^\W_]{{1,12}}){{0,3}}\W{{1,4}}{_MARK}"
    r"|(?:set|give|assign|output|return|rate|score|maximi[sz]e|raise|increase|boost|answer|respond)"
    r"(?: \w+){0,4} sentiment(?: \w+){0,3} (?:scores?|value|figure|field|rating|max\w*|highest)"
    r"|(?:rate|score|grade|judge|mark|classify|label|treat|value|report)(?: this| the| my)?"
    rf" (?:it|this|video|clip|content|post|reel)(?: \w+){{0,3}} {_MARK}"
    r"|(?:rate|score|grade|judge|mark|classify|label) (?:this|the|my)"
    r" (?:video|clip|content|post|reel)(?: as| with| \w+ly| very){0,3} positive"
    r"|(?:video|clip|content|post) (?:must|should|has to|needs to|is to|shall) be (?:\w+ )?"
    r"(?:rated|scored|judged|classified|graded|labell?ed|marked|evaluated)(?: \w+){0,4}"
    rf" (?:positive|max\w*|highest|perfect|{_MARK})"
    rf"|(?:output|return|respond with|reply with|answer with|print|emit)(?: \w+){{0,3}} {_MARK}"
    r"|(?:output|return|give|respond with|answer with) (?:the )?(?:top|highest|maximum|max)"
    r" (?:value|figure|number|sentiment)"
    rf"|(?:set|make|put)(?: \w+){{0,2}} sentiment(?: \w+){{0,2}} (?:1(?![\d%/])|{_MARK})"
    rf"|(?:score|rating|label|verdict|answer|sentiment) ?:?=?=? ?{_MARK}"
    r"|(?:user|human) ?: (?:\w+\W{1,3}){1,15}(?:assistant|ai|model) ?:"
    r"|(?:reveal|show|print|repeat|leak)(?: \w+){0,2}"
    r" (?:system prompt|your (?:instructions|prompt))"
)


def addresses_judge(text: str) -> bool:
    """Return whether a text speaks to its judge, instructs it, or gives it a figure."""
    return any(_speaks(said) for said in undisguised(text))


def _compiled(pattern: str, *, spaced: bool = True) -> str:
    """Return a phrase as a regular expression that takes time in proportion to the text."""
    words = re.sub(r"(\[[^\]]*\])| ", lambda found: found[1] or r"(?:[\W_]{1,3})", pattern)
    words = words.replace(r"\w*", r"[^\W_]{0,20}").replace(r"\w+", r"[^\W_]{1,20}")
    return rf"(?<![^\W_])(?:{words})(?![^\W_])" if spaced else f"(?:{words})"


def _any(tongues: tuple[Tongue, ...], field: str, pattern: str = "") -> re.Pattern[str]:
    spoken = (_compiled(getattr(one, field), spaced=one.spaced) for one in tongues)
    return re.compile("|".join(chain(filter(None, [pattern]), spoken)))


class _Known(NamedTuple):
    """The phrases of all tongues, ready to be looked for."""

    forget: re.Pattern[str]
    orders: re.Pattern[str]
    who: re.Pattern[str]
    before: re.Pattern[str]
    give: re.Pattern[str]
    marks: re.Pattern[str]
    tops: re.Pattern[str]
    figure: re.Pattern[str]
    alone: re.Pattern[str]


@cache
def _known(tongues: tuple[Tongue, ...]) -> _Known:
    """Compile them when the first caption is looked at, as that takes a moment."""
    return _Known(
        forget=_any(tongues, "forget"),
        orders=_any(tongues, "orders"),
        who=_any(tongues, "who"),
        before=_any(tongues, "before"),
        give=_any(tongues, "give"),
        marks=_any(tongues, "marks"),
        tops=_any(tongues, "tops", rf"(?<![\d.,])(?:{_TOP_FIGURES})(?![\d.,]?\d)"),
        figure=re.compile(rf"(?<![\d.,]){_MARK}"),
        alone=re.compile(f"{_ALONE}|{_compiled(_ALONE_IN_WORDS)}"),
    )


Spans = list[tuple[int, int]]


def _speaks(said: str) -> bool:
    known = _known(TONGUES)
    if known.alone.search(said):
        return True
    orders, who, before = (_found(one, said) for one in (known.orders, known.who, known.before))
    if not orders and not who and not before:
        return False
    forget = _found(known.forget, said)
    if _near(forget, orders, NEAR) or _near(who, forget + orders, NEAR):
        return True
    give, marks, tops = (
        _outside(_found(one, said), who) for one in (known.give, known.marks, known.tops)
    )
    asked = [*_pairs(give, marks), *_pairs(give, tops), *_pairs(marks, tops)]
    if _near(orders + who, asked, SAME_SPEECH):
        return True
    left_aside = list(_pairs(before, forget))
    return _near(left_aside, [*_pairs(give, tops), *_found(known.figure, said)], NEAR)


def _found(pattern: re.Pattern[str], said: str) -> Spans:
    return [one.span() for one in pattern.finditer(said)]


def _pairs(some: Spans, others: Spans) -> Iterator[tuple[int, int]]:
    """Yield where one of some stands with one of the others in a sentence, once for each."""
    starts = sorted(start for start, _end in others)
    for start, end in some:
        at = bisect_left(starts, start - NEAR)
        if starts[at : at + 1] == [start]:  # the same word, read in two ways
            at += 1
        if at < len(starts) and starts[at] <= end + NEAR:
            yield start, end


def _outside(some: Spans, others: Spans) -> Spans:
    """Return those that do not begin within one of the others."""
    within = {at for start, end in others for at in range(start, end)}
    return [one for one in some if one[0] not in within]


def _near(some: Spans, others: Spans, signs: int) -> bool:
    starts = sorted(start for start, _end in others)
    for start, end in some:
        at = bisect_left(starts, start - signs)
        if at < len(starts) and starts[at] <= end + signs:
            return True
    return False
