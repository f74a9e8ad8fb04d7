"""`/v1/files`: upload, list, metadata, content, delete (contract, sections 1.1 and 7.3)."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from nbkit.sim.api.admission import check_headers
from nbkit.sim.asked import Asked
from nbkit.sim.file_naming import mime_type, stored_name
from nbkit.sim.file_store import LARGEST, StoredFile
from nbkit.sim.ids import new_id
from nbkit.sim.intake import too_large
from nbkit.sim.multipart import FormPart, form_parts
from nbkit.sim.paging import limit_of, page_of
from nbkit.sim.plan import Plan, bytes_plan, json_plan
from nbkit.sim.refusal import invalid
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator

SHORTEST, LONGEST = 3600, 7_776_000  # seconds until a file expires
MOST_IDS = 100
OLD_BETA = "files-api-2025-04-14"  # its lists have the pages of before_id and after_id


def upload(simulator: Simulator, asked: Asked) -> Plan:
    check_headers(asked.headers)
    parts = form_parts(asked.body, asked.headers.get("content-type", ""))
    part = _file(parts)
    lasts = _expires_in(parts)
    mime = mime_type(part.content_type, part.filename or "", part.data)
    name = stored_name(part.filename, mime)
    store = asked.workspace.files
    # From what was uploaded, not from the body: the boundary is another one each time.
    digest = hashlib.sha256(part.data).hexdigest()
    made_of = (simulator.seed, asked.workspace.name, store.created, name, mime, digest)
    file = StoredFile(
        id=new_id("file", "\0".join(map(str, made_of)).encode("utf-8", "surrogatepass")),
        number=store.created,
        filename=name,
        mime_type=mime,
        data=part.data,
        created=asked.now,
        expires=None if lasts is None else asked.now + lasts,
    )
    store.add(file)
    return json_plan(asked, file.told())


def list_all(simulator: Simulator, asked: Asked) -> Plan:
    check_headers(asked.headers)
    query = asked.query
    files = [] if "scope_id" in query else asked.workspace.files.newest_first(asked.now)
    wanted = dict.fromkeys(query.get("ids[]") or query.get("ids") or ())
    if wanted:
        return json_plan(asked, _picked(files, wanted, asked))
    if _has_old_pages(asked):
        return json_plan(asked, _old_page(files, asked))
    limit = limit_of(query)
    if "page" in query:
        before = _number(query["page"][-1])
        files = [file for file in files if file.number < before]
    shown = files[:limit]
    following = _cursor(shown[-1]) if len(files) > limit else None
    return json_plan(asked, {"data": [file.told() for file in shown], "next_page": following})


def metadata(simulator: Simulator, asked: Asked, id: str) -> Plan:
    return json_plan(asked, _found(asked, id).told())


def content(simulator: Simulator, asked: Asked, id: str) -> Plan:
    file = _found(asked, id)
    if not file.downloadable:
        raise invalid("File is not downloadable", {"error_code": "file_not_downloadable"})
    plan = bytes_plan(asked, file.data, file.mime_type)
    plan.headers["content-disposition"] = "attachment"
    return plan


def delete(simulator: Simulator, asked: Asked, id: str) -> Plan:
    file = _found(asked, id)
    asked.workspace.files.remove(file.id)
    return json_plan(asked, {"id": file.id, "type": "file_deleted"})


def _found(asked: Asked, id: str) -> StoredFile:
    check_headers(asked.headers)
    return asked.workspace.files.get(id, asked.now)


def _file(parts: list[FormPart]) -> FormPart:
    files = [part for part in parts if part.name == "file"]
    if not files:
        raise invalid("file: Field required")
    if len(files) > 1:
        raise invalid(f"file: one file can be uploaded at a time, not {len(files)}")
    if len(files[0].data) > LARGEST:
        raise too_large()
    return files[0]


def _expires_in(parts: list[FormPart]) -> int | None:
    given = [part.data for part in parts if part.name == "expires_in_seconds"]
    if not given:
        return None
    text = given[-1].decode("latin-1").strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        what = "Input should be a valid integer, unable to parse string as an integer"
        raise invalid(f"expires_in_seconds: {what}")
    seconds = int(text)
    if seconds < SHORTEST:
        raise invalid(f"expires_in_seconds: Input should be greater than or equal to {SHORTEST}")
    if seconds > LONGEST:
        raise invalid(f"expires_in_seconds: Input should be less than or equal to {LONGEST}")
    return seconds


def _picked(files: list[StoredFile], wanted: dict[str, None], asked: Asked) -> Json:
    if asked.query.keys() & {"page", "limit"}:
        raise invalid("ids: `ids` can't be combined with `page` or `limit`")
    if len(wanted) > MOST_IDS:
        raise invalid(f"ids: List should have at most {MOST_IDS} items after validation, not {len(wanted)}")
    return {"data": [file.told() for file in files if file.id in wanted], "next_page": None}


def _has_old_pages(asked: Asked) -> bool:
    is_old = OLD_BETA in asked.headers.get("anthropic-beta", "") and "page" not in asked.query
    return is_old or bool(asked.query.keys() & {"before_id", "after_id"})


def _old_page(files: list[StoredFile], asked: Asked) -> Json:
    """The page of a client from the beta, and how one of now goes on from it."""
    page = page_of([file.told() for file in files], asked.query)
    last = next((file for file in files if file.id == page["last_id"]), None)
    return {**page, "next_page": _cursor(last) if last and page["has_more"] else None}


def _cursor(file: StoredFile) -> str:
    return "page_" + urlsafe_b64encode(b"before:%d" % file.number).decode().rstrip("=")


def _number(cursor: str) -> int:
    """The number that a cursor stands for; it still stands for it when its file is deleted."""
    try:
        coded = cursor.removeprefix("page_").encode("ascii")
        text = urlsafe_b64decode(coded + b"=" * (-len(coded) % 4)).decode("ascii")
        found = re.fullmatch(r"before:([0-9]{1,18})", text)
    except ValueError:
        found = None
    if found is None or not cursor.startswith("page_"):
        raise invalid("page: Invalid page cursor")
    return int(found[1])
