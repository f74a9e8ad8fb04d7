"""What `import nbkit` costs beside httpx + pydantic (its floor once it is used) and the official SDK.

Fresh interpreters, interleaved, CPU time of the whole process less an empty one's; only the ratios travel.
Everybody's byte code is compiled before: as after an installation.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 9
FLOOR = "httpx + pydantic"
REQUEST = {"model": "claude-sonnet-5", "max_tokens": 100, "messages": [{"role": "user", "content": "Hi"}]}
AT_MOST = {"nbkit": "0.3×", "nbkit, a checked request": "1.5×, and a fifth of anthropic's client"}
SUBJECTS = {
    "nothing": "pass",
    FLOOR: "import httpx, pydantic",
    "nbkit": "import nbkit",
    "nbkit, a checked request": "import nbkit; nbkit.Client(nbkit.Anthropic(key='k')); "
    f"nbkit.check({REQUEST})",
    "nbkit, every public name": "import nbkit; [getattr(nbkit, name) for name in nbkit.__all__]",
    "nbkit, a first conversation": "import nbkit; nbkit.Conversation().send('Hello')",
    "anthropic": "import anthropic",
    "anthropic, a client": "import anthropic; anthropic.Anthropic(api_key='k')",
}
REPORT = (
    "; import resource; used = resource.getrusage(resource.RUSAGE_SELF)"
    "; print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
)
CACHE = str(Path(tempfile.gettempdir()) / "nbkit-import-cost")
ROOT = Path(__file__).resolve().parent.parent.parent


def measure(statement: str) -> tuple[float, float]:
    """Return CPU seconds and peak megabytes of one fresh interpreter."""
    ours = ("ANTHROPIC_", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment["PYTHONPYCACHEPREFIX"] = CACHE
    command = [sys.executable, "-c", statement + REPORT]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)


def main() -> None:
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in SUBJECTS}
    for statement in SUBJECTS.values():
        measure(statement)  # byte-code caches and the page cache are warm for everybody
    for _ in range(ROUNDS):
        for name, statement in SUBJECTS.items():
            runs[name].append(measure(statement))
    seconds = {name: statistics.median(run[0] for run in each) for name, each in runs.items()}
    empty = seconds.pop("nothing")
    print(f"{'import':<30}{'CPU ms':>10}{'of the floor':>15}{'peak MB':>10}   at most")
    for name, total in seconds.items():
        share = (total - empty) / (seconds[FLOOR] - empty)
        memory = statistics.median(run[1] for run in runs[name])
        figures = f"{(total - empty) * 1000:>10.0f}{share:>14.2f}×{memory:>10.0f}"
        print(f"{name:<30}{figures}   {AT_MOST.get(name, '')}".rstrip())


if __name__ == "__main__":
    main()
