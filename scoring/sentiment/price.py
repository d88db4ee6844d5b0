"""What questions cost, in millionths of a dollar: after the answer, and at the most before it."""

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from math import ceil

from db.samples import Aside
from db.unwatched import Given
from scoring.plan import Price
from scoring.sentiment.asking import Tokens
from scoring.sentiment.request import MOST_OUTPUT_TOKENS

LEAST_BITS_A_SECOND = 200_000
"""A phone's video has more: so its file's size tells how long it is at the most."""
LONGEST_SECONDS = 3_600
TOKENS_A_SECOND, AUDIO_A_SECOND = 100, 34
"""At low resolution 66 for the picture, and 32 for the sound, each rounded up a little."""
PROMPT_TOKENS = 6_000
"""The instruction, the schema and the longest caption, with room to spare."""


def micros(tokens: Tokens, price: Price, *, batch: bool = False) -> int:
    """Return what a question cost, rounded up to a whole millionth of a dollar."""
    plain = max(0, tokens.input - tokens.audio - tokens.cached)
    each = (
        (plain, price.input),
        (tokens.audio, price.audio),
        (tokens.cached, price.cached),
        (tokens.output, price.output),
    )
    total = sum((count * Decimal(str(dollars)) for count, dollars in each), Decimal(0))
    if batch:
        total = total * price.batch_percent / 100
    return int(total.to_integral_value(ROUND_CEILING))


def aside(size: int, price: Price, *, batch: bool = False) -> Aside:
    """Return what a question about a file of so many bytes costs at the most."""
    seconds = min(LONGEST_SECONDS, max(1, ceil(size * 8 / LEAST_BITS_A_SECOND)))
    tokens = Tokens(
        input=PROMPT_TOKENS + seconds * TOKENS_A_SECOND,
        audio=seconds * AUDIO_A_SECOND,
        output=MOST_OUTPUT_TOKENS,
    )
    return Aside(tokens.input, tokens.output, micros(tokens, price, batch=batch))


def aside_like(told: Given, price: Price, *, batch: bool = False) -> Aside:
    """Return what one more question about a video costs at the most, after one was answered.

    What was cheaper because it was cached is taken at the full price, and sound's where it is the
    dearer one, as nobody knows how much of it is sound.
    """
    dearest = max(price.input, price.audio)
    tokens = Tokens(input=told.input_tokens, output=MOST_OUTPUT_TOKENS)
    full = replace(price, input=dearest)
    return Aside(tokens.input, tokens.output, micros(tokens, full, batch=batch))
