"""The house stands as drawn: who may import whom, which library lives in which room, how files are named."""

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "nbkit"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

GROUND = {"errors", "facts"}
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "facts": {"errors"},
    "wire": GROUND,
    "rules": GROUND | {"wire"},
    "client": GROUND | {"wire"},
    "loop": GROUND | {"wire", "rules"},
    "sim": GROUND | {"wire", "rules"},
    "study": GROUND | {"wire", "rules", "loop"},
    "notebook": GROUND | {"wire", "rules", "loop", "study"},
}
# These see the rooms that do not know one another, and bind them.
BINDERS: dict[str, set[str]] = {
    "nbkit/connection.py": GROUND | {"wire", "rules", "client", "loop", "sim"},
    "nbkit/cli.py": {*ROOMS, "connection", "clean_command", "export_command", "serve_command", ""},
    "nbkit/clean_command.py": GROUND | {"notebook"},
    "nbkit/export_command.py": GROUND | {"wire", "loop", "study"},
    "nbkit/serve_command.py": GROUND | {"sim"},
    "nbkit/notebook/magics.py": {*ROOMS, "connection"},
    "nbkit/__init__.py": {*ROOMS, "connection", "mcp_server"},
    "nbkit/mcp_server.py": GROUND | {"wire", "loop"},
    "nbkit/__main__.py": {"cli"},
}
# The error tree lies under everything and still says in its signatures what an error carries.
NAMED_IN_SIGNATURES: dict[str, set[str]] = {"nbkit/errors.py": {"wire", "rules"}}
# A library's own room: nobody else imports it, so nobody else depends on its ways.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "httpx": ("nbkit/client/", "nbkit/sim/transport.py"),
    "httptools": ("nbkit/sim/connections.py",),
    "mcp": ("nbkit/mcp_server.py",),
    "anyio": ("nbkit/mcp_server.py",),
    "IPython": ("nbkit/notebook/",),
    "traitlets": ("nbkit/notebook/",),
    "anywidget": ("nbkit/notebook/",),
    "ipywidgets": ("nbkit/notebook/",),
    "markdown_it": ("nbkit/notebook/",),
    "python_multipart": ("nbkit/sim/multipart.py",),
}
NO_NOUN = {
    "base",
    "common",
    "core",
    "handlers",
    "helper",
    "helpers",
    "manager",
    "misc",
    "shared",
    "util",
    "utils",
}
CLOCKS_AND_SOCKETS = {"asyncio", "httpx", "pathlib", "shutil", "socket", "subprocess", "threading", "time"}


@dataclass(frozen=True)
class Import:
    module: str
    line: int
    typing_only: bool


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[Import]:
    """Every import of a file, those inside functions and under TYPE_CHECKING too, with absolute names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guards = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    guarded = {id(node) for guard in guards for statement in guard.body for node in ast.walk(statement)}
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree):
        typing_only = id(node) in guarded
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, typing_only)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            for alias in node.names:
                yield Import(f"{module}.{alias.name}", node.lineno, typing_only)


def room_of(module: str) -> str | None:
    """The room that `nbkit.room.x` names, "" for a name of the package itself, None for another library."""
    parts = module.split(".")
    if parts[0] != "nbkit":
        return None
    inside = parts[1] if len(parts) > 1 else ""
    return inside if inside in ROOMS or (PACKAGE / f"{inside}.py").exists() else ""


def allowed(path: Path, each: Import) -> set[str]:
    name = name_of(path)
    if each.typing_only and name in NAMED_IN_SIGNATURES:
        return NAMED_IN_SIGNATURES[name]
    if name in BINDERS:
        return BINDERS[name]
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert room in ROOMS, f"{name} stands in no room of the design"
    return ROOMS[room] | {room}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_the_rooms_its_own_room_may_see(path: Path) -> None:
    wrong = [
        f"{name_of(path)}:{each.line} imports {each.module}"
        for each in imports(path)
        if (room := room_of(each.module)) is not None and room not in allowed(path, each)
    ]
    assert not wrong


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_imported_in_its_own_room_only(library: str) -> None:
    wrong = [
        f"{name_of(path)}:{each.line}"
        for path in MODULES
        for each in imports(path)
        if each.module.split(".")[0] == library
        and not each.typing_only
        and not name_of(path).startswith(LIBRARIES[library])
    ]
    assert not wrong


def test_the_wire_knows_no_clock_thread_file_or_socket() -> None:
    wrong = [
        f"{name_of(path)}:{each.line} imports {each.module}"
        for path in MODULES
        if path.is_relative_to(PACKAGE / "wire")
        for each in imports(path)
        if each.module.split(".")[0] in CLOCKS_AND_SOCKETS
    ]
    assert not wrong


def test_the_init_of_a_room_is_its_docstring() -> None:
    for path in PACKAGE.glob("*/__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(body) == 1, f"{name_of(path)} holds more than its docstring"
        assert isinstance(body[0], ast.Expr), f"{name_of(path)} has no docstring"


def test_no_file_name_occurs_twice_in_the_package() -> None:
    names = Counter(path.name for path in MODULES if path.name != "__init__.py")
    assert [name for name, times in names.items() if times > 1] == []


def test_every_file_is_named_after_a_noun_of_its_own() -> None:
    assert [name_of(path) for path in MODULES if path.stem in NO_NOUN] == []


def test_every_module_says_its_job_in_a_docstring() -> None:
    mute = [
        name_of(path)
        for path in MODULES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert mute == []


def test_the_project_file_lists_exactly_what_the_package_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = {requirement.split(">")[0].lower() for requirement in project["dependencies"]}
    imported = {each.module.split(".")[0] for path in MODULES for each in imports(path)}
    extra = {"anyio", "httptools", "jupyterlab", "mcp", "starlette", "uvicorn"}  # what extras bring
    foreign = imported - sys.stdlib_module_names - {"nbkit"} - extra
    distributions = {
        "IPython": "ipython",
        "markdown_it": "markdown-it-py",
        "pydantic_core": "pydantic",
        "typing_extensions": "pydantic",  # which names it where it wants it
        "yaml": "pyyaml",
        "python_multipart": "python-multipart",
    }
    assert {distributions.get(each, each) for each in foreign} == listed
