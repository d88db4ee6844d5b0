"""All benchmarks in turn, each in a process of its own; exits with 1 where one misses a target.

`python -m benchmarks.judging` stands apart, as it takes long.
"""

import subprocess
import sys

NAMES = (
    "formula",
    "ledger",
    "intake",
    "startup",
    "answering",
    "breaker",
    "undoing",
    "backup",
)


def main() -> int:
    missed = [name for name in NAMES if not run(name)]
    print(
        f"Targets missed: {', '.join(missed)}." if missed else "All benchmarks meet their targets."
    )
    return 1 if missed else 0


def run(name: str) -> bool:
    print(f"\n== {name}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603  # our own modules


if __name__ == "__main__":
    sys.exit(main())
