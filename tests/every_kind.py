"""A conversation whose array holds every kind of block, in the shapes of the contract's section 3."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

from pictures import chunk, paper

Json = dict[str, Any]


def striped(width: int, height: int) -> bytes:
    """A PNG that a browser can draw."""
    header = chunk(b"IHDR", struct.pack(">II5B", width, height, 8, 2, 0, 0, 0))
    lines = [b"\0" + bytes((40, 90 + at % 120, 160)) * width for at in range(height)]
    pixels = chunk(b"IDAT", zlib.compress(b"".join(lines), 9))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


def encoded(data: bytes, media_type: str) -> Json:
    return {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}


PICTURE = encoded(striped(640, 480), "image/png")
SCHEMA: Json = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "The city"},
        "days": {"type": "integer"},
        "units": {"enum": ["metric", "imperial"]},
        "detailed": {"type": "boolean"},
        "place": {"type": "object", "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["city"],
}
TOOL: Json = {"name": "get_forecast", "description": "A forecast.", "input_schema": SCHEMA}
INPUT: Json = {
    "city": "Paris",
    "days": 3,
    "units": "metric",
    "detailed": True,
    "place": {"lat": 48.85, "lon": 2.35},
    "tags": ["wind"],
}


def text(words: str, *citations: Json) -> Json:
    return {"type": "text", "text": words} | ({"citations": [*citations]} if citations else {})


def in_document(index: int, quote: str, **place: Any) -> Json:
    return {"cited_text": quote, "document_index": index, "document_title": None, **place}


ASKED = [
    {"type": "image", "source": PICTURE},
    {"type": "image", "source": {"type": "url", "url": "https://pictures.example/cat.png"}},
    {"type": "image", "source": {"type": "file", "file_id": "file_011CPicture"}},
    {
        "type": "document",
        "title": "terms.pdf",
        "source": encoded(paper(2), "application/pdf"),
        "citations": {"enabled": True},
    },
    {
        "type": "document",
        "title": "notes.txt",
        "context": "from the workshop",
        "source": {
            "type": "text",
            "media_type": "text/plain",
            "data": "The grass is green. The sky is blue.",
        },
        "citations": {"enabled": True},
    },
    {
        "type": "document",
        "title": "chapters",
        "source": {
            "type": "content",
            "content": [text("Chapter one."), {"type": "image", "source": PICTURE}],
        },
        "citations": {"enabled": True},
    },
    {"type": "document", "source": {"type": "url", "url": "https://papers.example/a.pdf"}},
    {
        "type": "search_result",
        "source": "https://kb.example/17",
        "title": "How to reset",
        "content": [text("Hold the button."), text("Wait ten seconds.")],
        "citations": {"enabled": True},
    },
    {"type": "container_upload", "file_id": "file_011CUpload"},
    text("What is **in** these?"),
]
ANSWERED = [
    {"type": "thinking", "thinking": "Let me look at *each* of them.", "signature": "c2lnbmVk"},
    {"type": "redacted_thinking", "data": "c2VjcmV0"},
    text("## Found\n\nThe sky is "),
    text(
        "blue",
        in_document(1, "The sky is blue.", type="char_location", start_char_index=20, end_char_index=36),
        in_document(0, "Terms apply.", type="page_location", start_page_number=1, end_page_number=3),
    ),
    text(
        ", and the button is held.",
        {
            "type": "search_result_location",
            "cited_text": "Hold the button.",
            "search_result_index": 0,
            "source": "https://kb.example/17",
            "title": "How to reset",
            "start_block_index": 0,
            "end_block_index": 1,
        },
        in_document(2, "Chapter one.", type="content_block_location", start_block_index=0, end_block_index=1),
    ),
    {"type": "tool_use", "id": "toolu_1", "name": "get_forecast", "input": INPUT},
    {"type": "tool_use", "id": "toolu_2", "name": "get_plot", "input": {}},
    {"type": "tool_use", "id": "toolu_3", "name": "get_time", "input": {}},
]
RESULTS = [
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": '{"rain": 0.4, "wind": [3, 4]}'},
    {
        "type": "tool_result",
        "tool_use_id": "toolu_2",
        "content": [
            text("a plot"),
            {"type": "image", "source": PICTURE},
            {
                "type": "document",
                "title": "log.txt",
                "source": {"type": "text", "data": "line one", "media_type": "text/plain"},
            },
            {
                "type": "search_result",
                "source": "kb-18",
                "title": "Hit",
                "content": [text("Inside a result.")],
            },
            {"type": "tool_reference", "tool_name": "get_more"},
            {
                "type": "browser_state",
                "tabs": [{"tab_id": "t1", "title": "News", "url": "https://news.example/", "active": True}],
                "state_changes": [
                    {
                        "type": "download_failed",
                        "download_id": "d1",
                        "url": "https://news.example/z",
                        "error": "gone",
                    }
                ],
            },
        ],
    },
    {"type": "tool_result", "tool_use_id": "toolu_3", "content": "TimeoutError: no clock", "is_error": True},
]


def served(kind: str, id: str, content: Any, **more: Any) -> Json:
    return {"type": f"{kind}_tool_result", "tool_use_id": id, "content": content, **more}


def asked(name: str, id: str, **given: Any) -> Json:
    return {"type": "server_tool_use", "id": id, "name": name, "input": given}


PAGE: Json = {
    "type": "web_search_result",
    "url": "https://weather.example/paris",
    "title": "Weather in Paris",
    "encrypted_content": "c2VhbGVk" * 40,
    "page_age": "October 7, 2025",
}
RAN: Json = {"stdout": "34\n", "stderr": "", "return_code": 0}
EDITOR = "text_editor_code_execution"
AT_THE_SERVER = [
    {"type": "thinking", "thinking": "", "signature": "c2lnbmVk"},
    asked("web_search", "srvtoolu_1", query="weather in Paris"),
    served("web_search", "srvtoolu_1", [PAGE]),
    served(
        "web_search",
        "srvtoolu_2",
        {"type": "web_search_tool_result_error", "error_code": "too_many_requests"},
    ),
    text(
        "It rains in Paris.",
        {
            "type": "web_search_result_location",
            "cited_text": "Rain in Paris today",
            "url": PAGE["url"],
            "title": PAGE["title"],
            "encrypted_index": "aW5kZXg=",
        },
    ),
    served(
        "web_fetch",
        "srvtoolu_3",
        {
            "type": "web_fetch_result",
            "url": "https://example.com/",
            "retrieved_at": "2026-03-03T15:05:04Z",
            "content": {
                "type": "document",
                "title": "Example Domain",
                "source": {"type": "text", "media_type": "text/plain", "data": "For use in examples."},
            },
        },
    ),
    asked("code_execution", "srvtoolu_4", code="print(34)"),
    served(
        "code_execution",
        "srvtoolu_4",
        {
            **RAN,
            "type": "code_execution_result",
            "content": [{"type": "code_execution_output", "file_id": "file_out"}],
        },
    ),
    served(
        "code_execution",
        "srvtoolu_5",
        {
            "type": "encrypted_code_execution_result",
            "encrypted_stdout": "c2VhbGVk",
            "stderr": "",
            "return_code": 0,
            "content": [],
        },
    ),
    served(
        "bash_code_execution",
        "srvtoolu_6",
        {
            "type": "bash_code_execution_result",
            "stdout": "",
            "stderr": "ls: no such file",
            "return_code": 2,
            "content": [],
        },
    ),
    served(
        EDITOR,
        "srvtoolu_7",
        {
            "type": f"{EDITOR}_view_result",
            "content": "Hello, world!",
            "file_type": "text",
            "num_lines": 1,
            "start_line": 1,
            "total_lines": 9,
        },
    ),
    served(EDITOR, "srvtoolu_8", {"type": f"{EDITOR}_create_result", "is_file_update": False}),
    served(
        EDITOR,
        "srvtoolu_9",
        {
            "type": f"{EDITOR}_str_replace_result",
            "lines": ["-old line", "+new line"],
            "old_start": 4,
            "old_lines": 1,
            "new_start": 4,
            "new_lines": 1,
        },
    ),
    served(
        EDITOR,
        "srvtoolu_10",
        {"type": f"{EDITOR}_tool_result_error", "error_code": "file_not_found", "error_message": "no /tmp/x"},
    ),
    served(
        "tool_search",
        "srvtoolu_11",
        {
            "type": "tool_search_tool_search_result",
            "tool_references": [{"type": "tool_reference", "tool_name": "read_tree"}],
        },
    ),
    served(
        "advisor", "srvtoolu_12", {"type": "advisor_result", "text": "Be brief.", "stop_reason": "end_turn"}
    ),
    served("advisor", "srvtoolu_13", {"type": "advisor_redacted_result", "encrypted_content": "c2VhbGVk"}),
    {
        "type": "mcp_tool_use",
        "id": "mcptoolu_1",
        "name": "ask",
        "server_name": "deepwiki",
        "input": {"q": "why"},
    },
    {
        "type": "mcp_tool_result",
        "tool_use_id": "mcptoolu_1",
        "is_error": False,
        "content": [text("Because.")],
    },
    {
        "type": "mcp_tool_listing",
        "mcp_server_name": "deepwiki",
        "tools": [{"name": "ask", "description": "Ask a question", "input_schema": {"type": "object"}}],
    },
    {"type": "compaction", "content": "The user asked about the weather."},
    {"type": "compaction", "content": None},
    {
        "type": "fallback",
        "from": {"model": "claude-fable-5"},
        "to": {"model": "claude-opus-4-8"},
        "trigger": {"type": "refusal", "category": "cyber"},
    },
    {"type": "hologram", "beam": {"width": 3}},
]
CHANGED = [
    {"type": "tool_addition", "tool": {"type": "tool_definition", "definition": TOOL}},
    {
        "type": "tool_removal",
        "tool": {"type": "mcp_tool_reference", "server_name": "deepwiki", "name": "ask"},
    },
]
MESSAGES: list[Json] = [
    {"role": "user", "content": ASKED},
    {"role": "assistant", "content": ANSWERED},
    {"role": "user", "content": RESULTS},
    {"role": "assistant", "content": AT_THE_SERVER},
    {"role": "system", "content": CHANGED},
]
# What a person reads there, of each kind.
READ = [
    "image/png · 640 × 480 pixels · ",
    "about 414 tokens",
    "https://pictures.example/cat.png",
    "nothing is loaded here",
    "the uploaded file file_011CPicture",
    "terms.pdf",
    "PDF · 2 pages · ",
    "notes.txt",
    "text · 36 characters",
    "context: from the workshop",
    "2 blocks · ",
    "https://papers.example/a.pdf",
    "How to reset",
    "https://kb.example/17",
    "file_011CUpload",
    "encrypted",
    "signed",
    "“The sky is blue.”",
    "document 1, characters 20 to 36",
    "document 0, pages 1 to 2",
    "search result 0, block 0",
    "get_forecast",
    '"rain": 0.4',
    "log.txt",
    "Inside a result.",
    "get_more",
    "News",
    "download failed: d1, https://news.example/z, gone",
    "is_error",
    "TimeoutError: no clock",
    "runs at the server",
    "Weather in Paris",
    "October 7, 2025",
    "its text is encrypted, 320 bytes",
    "too_many_requests",
    "Example Domain",
    "retrieved 2026-03-03T15:05:04Z",
    "For use in examples.",
    "left the file file_out",
    "its output is encrypted, 8 bytes",
    "return code 2",
    "ls: no such file",
    "text · 1 of 9 lines from line 1",
    "Hello, world!",
    "the file was made",
    "@@ -4,1 +4,1 @@",
    "-old line",
    "file_not_found",
    "no /tmp/x",
    "loads read_tree",
    "Be brief.",
    "encrypted advice, 8 bytes",
    "deepwiki",
    "Because.",
    "1 tool",
    "The user asked about the weather.",
    "compaction that failed",
    "from here on claude-opus-4-8 answers, before it did claude-fable-5",
    "refusal, cyber",
    "hologram",
    "tool added",
    "tool removed",
]
