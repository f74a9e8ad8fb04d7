"""Strict request models of content blocks, as the contract's section 3 has them.

Union members carry the API's tags, which pydantic puts into its locations; tags in round brackets are ours
and never shown.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    Tag,
)

from nbkit.facts import switches

T = TypeVar("T")
ID_PATTERN = "^[a-zA-Z0-9_-]+$"
SERVER_ID_PATTERN = "^srvtoolu_[a-zA-Z0-9_]+$" if switches.SERVER_TOOL_IDS_HAVE_PREFIX else ID_PATTERN


class Strict(BaseModel):
    """No key that isn't listed, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def form(value: Any) -> str:
    return "(string)" if isinstance(value, str) else "(list)"


Whole: TypeAlias = Annotated[int, BeforeValidator(_whole)]
Effort: TypeAlias = Literal["low", "medium", "high", "xhigh", "max"]
Id: TypeAlias = Annotated[str, Field(pattern=ID_PATTERN)]
ServerId: TypeAlias = Annotated[str, Field(pattern=SERVER_ID_PATTERN)]
StrOrList: TypeAlias = Annotated[
    Annotated[str, Tag("(string)")] | Annotated[list[T], Tag("(list)")], Discriminator(form)
]


class CacheControl(Strict):
    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


class Cacheable(Strict):
    cache_control: CacheControl | None = None


class Direct(Strict):
    type: Literal["direct"]
    tool_id: None = None


class ByCode(Strict):
    type: Literal["code_execution_20250825"]
    tool_id: str


class ByNewerCode(ByCode):
    type: Literal["code_execution_20260120"]  # type: ignore[assignment]


Caller: TypeAlias = Annotated[Direct | ByCode | ByNewerCode, Field(discriminator="type")]


class CitationsConfig(Strict):
    enabled: bool | None = None


class Cited(Strict):
    cited_text: str


class InDocument(Cited):
    document_index: Whole
    document_title: str | None
    if switches.CITATIONS_TAKE_FILE_ID:
        file_id: str | None = None


class CharLocation(InDocument):
    type: Literal["char_location"]
    start_char_index: Whole
    end_char_index: Whole


class PageLocation(InDocument):
    type: Literal["page_location"]
    start_page_number: Whole
    end_page_number: Whole


class BlockLocation(InDocument):
    type: Literal["content_block_location"]
    start_block_index: Whole
    end_block_index: Whole


class SearchLocation(Cited):
    type: Literal["search_result_location"]
    search_result_index: Whole
    source: str
    title: str | None
    start_block_index: Whole
    end_block_index: Whole


class WebLocation(Cited):
    type: Literal["web_search_result_location"]
    url: str
    title: str | None
    encrypted_index: str


Citation: TypeAlias = Annotated[
    CharLocation | PageLocation | BlockLocation | SearchLocation | WebLocation, Field(discriminator="type")
]


class Text(Cacheable):
    type: Literal["text"]
    text: str
    citations: list[Citation] | None = None


class Base64Image(Strict):
    type: Literal["base64"]
    media_type: Literal["image/jpeg", "image/png", "image/gif", "image/webp"]
    data: str


class UrlSource(Strict):
    type: Literal["url"]
    url: str


class FileSource(Strict):
    type: Literal["file"]
    file_id: str


class Transformations(Strict):
    oversized_image: Literal["downsize", "error"] = "downsize"


class Image(Cacheable):
    type: Literal["image"]
    source: Annotated[Base64Image | UrlSource | FileSource, Field(discriminator="type")]
    transformations: Transformations | None = None


class Base64Pdf(Strict):
    type: Literal["base64"]
    media_type: Literal["application/pdf"]
    data: str


class PlainText(Strict):
    type: Literal["text"]
    media_type: Literal["text/plain"]
    data: str


class ContentSource(Strict):
    type: Literal["content"]
    content: StrOrList[Annotated[Text | Image, Field(discriminator="type")]]


class Document(Cacheable):
    type: Literal["document"]
    source: Annotated[
        Base64Pdf | PlainText | ContentSource | UrlSource | FileSource, Field(discriminator="type")
    ]
    title: str | None = None
    context: str | None = None
    citations: CitationsConfig | None = None


class SearchResult(Cacheable):
    type: Literal["search_result"]
    source: str
    title: str
    content: list[Text]
    citations: CitationsConfig | None = None


class Thinking(Strict):
    type: Literal["thinking"]
    thinking: str
    signature: str


class RedactedThinking(Strict):
    type: Literal["redacted_thinking"]
    data: str


class ToolUse(Cacheable):
    type: Literal["tool_use"]
    id: Id
    name: Annotated[str, Field(min_length=1, max_length=switches.CALL_NAME_MAX)]
    input: dict[str, Any]
    caller: Caller | None = None
    toolset_name: str | None = None


class ToolReference(Cacheable):
    type: Literal["tool_reference"]
    tool_name: Annotated[str, Field(min_length=1, max_length=switches.TOOL_NAME_MAX)]


class Tab(Strict):
    tab_id: str
    title: str
    url: str
    active: bool | None = None


class TabOpened(Strict):
    type: Literal["tab_opened"]
    tab_id: str


class DownloadStarted(Strict):
    type: Literal["download_started"]
    download_id: str
    url: str


class DownloadCompleted(Strict):
    type: Literal["download_completed"]
    download_id: str
    url: str
    path: str | None = None
    size_bytes: Whole | None = None


class DownloadFailed(Strict):
    type: Literal["download_failed"]
    download_id: str
    url: str
    error: str | None = None


StateChange: TypeAlias = Annotated[
    TabOpened | DownloadStarted | DownloadCompleted | DownloadFailed, Field(discriminator="type")
]


class BrowserState(Cacheable):
    type: Literal["browser_state"]
    tabs: list[Tab]
    state_changes: Annotated[list[StateChange], Field(min_length=1)] | None = None


class ToolResult(Cacheable):
    type: Literal["tool_result"]
    tool_use_id: Id
    content: (
        StrOrList[
            Annotated[
                Text | Image | Document | SearchResult | ToolReference | BrowserState,
                Field(discriminator="type"),
            ]
        ]
        | None
    ) = None
    is_error: StrictBool | None = None
    toolset_name: str | None = None


class ContainerUpload(Cacheable):
    type: Literal["container_upload"]
    file_id: str
