"""A process that writes until it is killed, and says what was acknowledged, one key a line."""

import asyncio
import itertools
import sys

from db.store import open_store
from tests.db.programme import give


async def main(url: str) -> None:
    store = await open_store(url)
    numbers = itertools.count()

    async def write() -> None:
        for number in numbers:
            await store.write(give, "ann", 1, key=f"k{number}")
            print(f"k{number}", flush=True)

    await asyncio.gather(*(write() for _ in range(10)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
