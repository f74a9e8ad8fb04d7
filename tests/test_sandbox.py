"""The small shell and the small Python: they follow code, never run it, and stop in time."""

from __future__ import annotations

import shlex

import pytest

from nbkit.sim.sandbox import python
from nbkit.sim.sandbox.bounds import Steps, TooLong, Unknown
from nbkit.sim.sandbox.disk import Disk
from nbkit.sim.sandbox.shell_run import Shell

KNOWN = [
    "a, b = 0, 1\nfor _ in range(10):\n    a, b = b, a + b\nprint(a, b)",
    "x = {'a': [1, 2], 'b': (3,)}\nfor k, v in x.items():\n    print(k, *v, sep='-')",
    "print([n for n in range(30) if n % 7 == 0][::-1], {c for c in 'aa'}, {n: n * n for n in (1, 2)})",
    "n = {}\nfor w in 'a b a c'.split():\n    n[w] = n.get(w, 0) + 1\nprint(n)",
    "print(f'{3.14159:.2f}|{42:>6}|{1234567:,}|{\"x\"!r}|{0.25:.0%}')",
    "i = 0\nwhile i < 9:\n    i += 1\n    if i == 3: continue\n    if i > 5: break\nprint(i)",
    "for i in 'ab':\n    pass\nelse:\n    print('all', i)\nwhile False:\n    pass\nelse:\n    print('none')",
    "def f(n, base=2):\n    return 1 if n == 0 else base * f(n - 1, base)\nprint(f(10), f(3, base=5))",
    "make = lambda n: (lambda m: n + m)\nprint(make(2)(3), list(map(lambda x: x * 2, [1, 2])))",
    "try:\n    int('x')\nexcept (ValueError, OSError) as e:\n    print('no:', e)\nfinally:\n    print('end')",
    "import json, math\nprint(json.dumps({'a': [1, None]}), math.floor(2.7), round(2.5), 7 // 2, -7 % 3)",
    "from collections import Counter\nprint(Counter('mississippi').most_common(2))",
    "s = 'Hello'\nprint(s.upper(), s[1:3], s * 2, s.replace('l', 'L'), 'ell' in s, s.find('z'), len(s))",
    "a = b = [3, 1, 2]\na += [0]\nb.sort(key=lambda n: -n)\nprint(a, b is a, min(a), sum(a), any(a), all(a))",
    "print('a' if not [] else 'b', 1 < 2 <= 2, None is None, (1, 2) == (1, 2), not 0 or 5)",
    "x: int = 3\nassert x == 3, 'no'\nprint(x if x else 0, [*range(3), 9], max([1, 5], [2]))",
    "from itertools import accumulate\nprint(list(accumulate([1, 2, 3])), ','.join(c for c in 'abc'))",
    "from functools import reduce\nprint(reduce(max, [1, 3, 2]), sorted(['bb', 'a'], key=len))",
    "m = [[i * j for j in range(3)] for i in range(3)]\nm[1][2] = 9\nprint(m, [*zip(*m)])",
]
HARMFUL = [
    "while 1: pass",
    "a = [1]\nfor i in range(60): a = [a, a]\nprint(a)",
    "a = [1]\nb = [1]\nfor i in range(60):\n    a = [a, a]\n    b = [b, b]\nprint(a == b)",
    "a = 'x'\nwhile True: a = a + a",
    "a = [1]\nwhile True: a.extend(a)",
    "print(9 ** 9 ** 9)",
    "print(list(map(str, range(10 ** 9))))",
    "print('x'.ljust(10 ** 9))",
    "print(f'{1:>999999999}')",
    "print('%999999999d' % 1)",
    "n = 3\nwhile True: n = n * n",
    "def f(n): return f(n + 1)\nf(0)",
    "print('ab'.replace('', 'c' * 150000))",
    "[x for x in range(90000) for y in range(90000)]",
    "from itertools import combinations\nwhile True: list(combinations(range(20), 10))",
    "open('f', 'w').write('x' * 190000)\nf = open('f')\nwhile True:\n    f.seek(0)\n    f.read()",
    "while True: open('f', 'w')",
    "while True: print('x' * 4000)",
    "while True: sorted(range(90000))",
    "d = {}\nwhile True: d[len(d)] = 'x' * 100000",
    "def f():\n    try:\n        f()\n    except Exception:\n        f()\nf()",
    "x = [0] * 100000\nwhile True: x == x[:]",
    "r = range(200000)\nwhile True: 1.5 in r",
    "from itertools import accumulate\nlist(accumulate(['a' * 1000] * 5000))",
    "from itertools import combinations\nlist(combinations(zip(range(2000)), 3))",
    "('x' * 200000).join('a' * 200000)",
    "('x' * 200000).join({str(i): 1 for i in range(9000)})",
    "round(1, -10 ** 9)",
    "list(map(round, [1], [-10 ** 9]))",
    "list(map(list, map(range, [10 ** 9] * 3)))",
    "list(map(('a' * 1000).replace, ['a'] * 100, ['b' * 200000] * 100))",
    "print(*range(10000), sep='x' * 200000)",
    "print(['x' * 200000] * 90000)",
    "import json\njson.dumps([0] * 10000, separators=('x' * 200000, ':'))",
    "import json\njson.dumps([0], indent='0' * 4000)",
    "import json\nx = []\nfor i in range(500): x = [x, *[1] * 200]\njson.dumps(x, indent=8)",
    "import csv\ncsv.writer(open('a', 'w'), lineterminator='x' * 200000).writerows([[1]] * 10000)",
    "import csv\ncsv.writer(open('a', 'w')).writerows([['x' * 200000]] * 10000)",
    "('é' * 100000).encode('punycode')",
    "import statistics\nx = [1e300, 1e-300] * 50000\nwhile True: statistics.stdev(x)",
]
OUTSIDE = [
    "().__class__.__bases__",
    "'{0.__class__}'.format(1)",
    "import subprocess",
    "import os\nos.system('ls')",
    "eval('1')",
    "getattr(1, 'real')",
    "print.__self__",
    "open('/etc/passwd')",
    "def f(): pass\nf.__globals__",
    "class A: pass",
    "import json\njson.__builtins__",
]


def ran(code: str, disk: Disk | None = None) -> tuple[str, str, int]:
    one = python.run(code, disk or Disk(), Steps())
    return one.out, one.error, one.code


@pytest.mark.parametrize("code", KNOWN)
def test_what_is_known_prints_what_python_prints(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "<known>", "exec"), {})  # our own lines, to compare with
    assert ran(code) == (capsys.readouterr().out, "", 0)


@pytest.mark.parametrize("code", HARMFUL)
def test_what_is_too_much_is_stopped(code: str) -> None:
    with pytest.raises((TooLong, Unknown)):
        ran(code)


def test_what_a_run_does_to_its_environment_is_its_own() -> None:
    before = ran("import os\nprint(os.environ)")
    assert ran("import os\nos.environ['HOME'] = 'x'\nprint(os.environ['HOME'])") == ("x\n", "", 0)
    assert ran("import os\nprint(os.environ)") == before


@pytest.mark.parametrize("code", OUTSIDE)
def test_nothing_outside_is_reached(code: str) -> None:
    try:
        out, error, _ = ran(code)
    except Unknown:
        return
    assert out == ""
    assert "NameError" in error or "AttributeError" in error


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("echo 'it is' \"$HOME\" $HOME", "it is /tmp /tmp\n"),
        ("echo a; echo b && echo c || echo d", "a\nb\nc\n"),
        ("false && echo no || echo yes", "yes\n"),
        ("cat > f.txt << 'EOF'\n$HOME\nb\nEOF\nwc -l f.txt; head -1 f.txt", "2 f.txt\n$HOME\n"),
        ("cat << END | sort -r\n$HOME\nb\nEND", "b\n/tmp\n"),
        ("printf 'b\\na\\nb\\n' | sort | uniq -c | head -n 1", "      1 a\n"),
        ("seq 5 | tail -2 | grep -v 4", "5\n"),
        ("mkdir -p d/e && echo 1 > d/e/f && cp d/e/f d && ls d && mv d/f g && cat g", "e\nf\n1\n"),
        ("echo one > f; echo two >> f; cat -n f", "     1\tone\n     2\ttwo\n"),
        ("python3 - <<EOF\nprint(6*7)\nEOF", "42\n"),
        ("echo 'print(\"hi\")' > x.py && python x.py 2>&1", "hi\n"),
        ('echo \\$HOME "\\$HOME" ${HOME}x', "$HOME $HOME /tmpx\n"),
        ("echo \"a 'b'\" 'c \"d\"'", "a 'b' c \"d\"\n"),
        ("cat <<EOF\nEOF\necho end", "end\n"),
        ("echo 'echo $HOME' > a.sh; bash a.sh", "/tmp\n"),
    ],
)
def test_the_shell_prints_what_a_shell_prints(command: str, printed: str) -> None:
    assert Shell(Disk(), Steps()).run(command).out == printed


@pytest.mark.parametrize(
    ("command", "error", "code"),
    [
        ("cat none.txt", "cat: none.txt: No such file or directory\n", 1),
        (
            "python3 none.py",
            "python3: can't open file '/tmp/none.py': [Errno 2] No such file or directory\n",
            2,
        ),
        ("cat < none", "bash: none: No such file or directory\n", 1),
        ("cat /tmp", "cat: /tmp: Is a directory\n", 1),
    ],
)
def test_the_shell_says_what_went_wrong(command: str, error: str, code: int) -> None:
    one = Shell(Disk(), Steps()).run(command)
    assert (one.error, one.code) == (error, code)


@pytest.mark.parametrize(
    "command",
    ["curl http://x", "echo $(date)", "x=1; echo $x", "for i in 1; do echo; done", "rm *", "echo 'a"],
)
def test_what_the_shell_does_not_know_is_not_guessed(command: str) -> None:
    with pytest.raises(Unknown):
        Shell(Disk(), Steps()).run(command)


@pytest.mark.parametrize("text", ["<<a " * 12_000, "a;" * 20_000, "'" * 49_999, "x" * 60_000])
def test_a_long_command_is_judged_in_time(text: str) -> None:
    with pytest.raises((Unknown, TooLong)):
        Shell(Disk(), Steps()).run(text)


def test_a_loop_of_the_shell_is_stopped() -> None:
    disk = Disk()
    disk.write("big", b"x" * 3_000_000)
    disk.write("loop.sh", b"cat big > /dev/null\n" * 150 + b"sh loop.sh\n")
    with pytest.raises(TooLong):
        Shell(disk, Steps()).run("sh loop.sh")


def test_any_code_may_stand_in_quotes() -> None:
    for code in KNOWN:
        one = Shell(Disk(), Steps()).run(f"python3 -c {shlex.quote(code)}")
        assert (one.out, one.error, one.code) == ran(code)
