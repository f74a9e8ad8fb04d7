"""What Bedrock, Vertex and servers of the old reading refuse, and the legal neighbours of it."""

from __future__ import annotations

from typing import Any

import pytest

from asking import OLD, SEARCH_TOOL, TOOL, ask, assistant, found, result, search, system, text, use, user
from nbkit.errors import UsageError
from nbkit.facts import facts
from nbkit.rules.problem import Problem
from nbkit.rules.validator import check

Json = dict[str, Any]
URL: Json = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
FILE: Json = {"type": "document", "source": {"type": "file", "file_id": "file_1"}}
PLAIN: Json = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "words"}}
FETCH_TOOL: Json = {"type": "web_fetch_20250910", "name": "web_fetch"}
MARK: Json = {"type": "ephemeral"}
OLDER = "claude-haiku-4-5"


def refused(request: Json, platform: str, headers: dict[str, str | None] | None = None) -> list[Problem]:
    return [each for each in check(request, headers, platform=platform) if each.level == "error"]


def warned(request: Json, platform: str) -> list[str]:
    return [each.path for each in check(request, platform=platform) if each.level == "warning"]


@pytest.mark.parametrize("platform", ["anthropic", "bedrock", "vertex", "strict"])
def test_an_ordinary_request_runs_everywhere(platform: str) -> None:
    loop = [user("Weather?"), assistant(text("I look."), use()), user(result())]
    assert check(ask(*loop, system="Be brief."), platform=platform) == []


def as_sent(version: str, **more: Any) -> Json:
    """A body as it goes over the wire to a cloud: the model is in the URL."""
    body = {key: value for key, value in ask(tools=[TOOL]).items() if key != "model"}
    return {"anthropic_version": version, **body, **more}


@pytest.mark.parametrize(
    ("platform", "version"), [("bedrock", "bedrock-2023-05-31"), ("vertex", "vertex-2023-10-16")]
)
def test_a_body_as_it_goes_to_a_cloud_is_legal_there(platform: str, version: str) -> None:
    computer = {"type": "computer_20250124", "name": "computer"}
    screen = {"display_width_px": 1024, "display_height_px": 768}
    sampled = as_sent(version, temperature=0.5)
    seen = as_sent(version, anthropic_beta=["computer-use-2025-01-24"], tools=[{**computer, **screen}])
    assert check(sampled, platform=platform) == check(seen, platform=platform) == []
    assert [each.path for each in refused(sampled, "anthropic")][:2] == ["model", "anthropic_version"]


def test_the_version_inside_a_body_is_read() -> None:
    (problem,) = refused(as_sent("2023-06-31"), "bedrock")
    assert problem.message == 'anthropic-version: "2023-06-31" is not a valid version'
    (problem,) = refused(as_sent("2026-10-21", temperature=1), "vertex")
    assert problem.path == "temperature"


def test_a_body_without_model_and_version_lacks_the_model() -> None:
    body = as_sent("bedrock-2023-05-31")
    del body["anthropic_version"]
    assert [each.path for each in refused(body, "bedrock")] == ["model"]


def test_an_unknown_platform_is_one_sentence_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="'aws'; there are anthropic, bedrock, vertex, strict"):
        check(ask(), platform="aws")


@pytest.mark.parametrize("platform", ["bedrock", "vertex"])
@pytest.mark.parametrize(
    ("block", "path"),
    [
        (URL, "messages.0.content.0"),
        (FILE, "messages.0.content.0"),
        ({"type": "container_upload", "file_id": "file_1"}, "messages.0.content.0"),
    ],
)
def test_a_cloud_fetches_nothing(platform: str, block: Json, path: str) -> None:
    request = ask(user(block, text()))
    (problem,) = refused(request, platform)
    assert (problem.path, problem.status) == (path, 400)
    assert problem.message.endswith("sources are not supported")
    assert refused(request, "anthropic") == []
    assert refused(ask(user(PLAIN, text())), platform) == []


def test_vertex_says_it_in_its_own_words_also_inside_a_result() -> None:
    request = ask(user("x"), assistant(use()), user(result(content=[URL])))
    (problem,) = refused(request, "vertex")
    where = "messages.2.content.0.tool_result.content.0"
    assert problem.path == where
    assert problem.message == f"{where}.image.source.base64.data: URL sources are not supported"


@pytest.mark.parametrize(
    ("platform", "tool", "is_refused"),
    [
        ("bedrock", SEARCH_TOOL, True),
        ("bedrock", FETCH_TOOL, True),
        ("bedrock", {"type": "bash_20250124", "name": "bash"}, False),
        ("vertex", SEARCH_TOOL, False),
        ("vertex", FETCH_TOOL, True),
        ("vertex", {"type": "code_execution_20250825", "name": "code_execution"}, True),
        ("strict", SEARCH_TOOL, False),
    ],
)
def test_a_server_tool_exists_only_where_somebody_runs_it(
    platform: str, tool: Json, is_refused: bool
) -> None:
    problems = refused(ask(tools=[TOOL, tool]), platform)
    assert [problem.path for problem in problems] == ["tools.1"] * is_refused
    if is_refused:
        assert problems[0].fix is not None
        assert refused(problems[0].fix.apply(ask(tools=[TOOL, tool])), platform) == []
        assert tool["type"] not in problems[0].message.partition("expected tags")[2]


def test_what_nobody_has_confirmed_is_only_a_warning() -> None:
    tool_search = {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"}
    assert warned(ask(tools=[TOOL, tool_search]), "vertex") == ["tools.1"]
    history = ask(user("x"), assistant(search(), found(), text()), user("y"))
    assert warned(history, "bedrock") == ["messages.1.content.0"]
    assert warned(history, "vertex") == []


def test_automatic_caching_is_refused_by_bedrock_with_the_models_before_4_7() -> None:
    (problem,) = refused(ask(model=OLDER, cache_control=MARK), "bedrock")
    assert problem.message == "cache_control: Extra inputs are not permitted"
    assert refused(ask(cache_control=MARK), "bedrock") == []
    assert refused(ask(model=OLDER, cache_control=MARK), "vertex") == []
    assert refused(ask(user(text(cache_control=MARK)), model=OLDER), "bedrock") == []
    assert refused(ask(model=OLDER, cache_control=None), "bedrock") == []


def test_bedrock_speaks_its_old_version_with_the_models_before_4_7() -> None:
    new: dict[str, str | None] = {"anthropic-version": "2026-10-21"}
    (problem,) = refused(ask(model=OLDER), "bedrock", new)
    assert (problem.rule, problem.path) == ("R75", "headers")
    assert "bedrock-2023-05-31" in problem.why
    assert refused(ask(), "bedrock", new) == []
    assert refused(ask(model=OLDER), "vertex", new) == []
    for old in ("2023-06-01", "bedrock-2023-05-31"):
        assert refused(ask(model=OLDER, temperature=0.5), "bedrock", {"anthropic-version": old}) == []


def test_where_no_version_is_named_it_is_one_that_the_model_has_there() -> None:
    assert refused(ask(model=OLDER, temperature=0.5), "bedrock") == []
    assert [each.rule for each in refused(ask(temperature=0.5), "bedrock")] == ["R14"]
    assert refused(ask(), "vertex", {"authorization": "Bearer ya29"}) == []
    assert [each.rule for each in refused(ask(), "anthropic", {"x-api-key": "k"})] == ["R75"]
    assert [each.rule for each in refused(ask(), "vertex", {"anthropic-version": "bedrock-2023-05-31"})] == [
        "R75"
    ]


def test_a_cloud_knows_a_model_by_its_own_id() -> None:
    older = facts.model(OLDER)
    assert facts.model("us.anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock") == older
    assert facts.model("claude-haiku-4-5@20251001", "vertex") == older
    assert facts.model("claude-haiku-4-5@20251001", "bedrock") is None
    assert facts.model("us.anthropic.claude-haiku-4-5-20251001-v1:0") is None
    adaptive = ask(model="claude-haiku-4-5@20251001", thinking={"type": "adaptive"})
    assert [each.rule for each in refused(adaptive, "vertex")] == ["R41"]


def test_a_bedrock_id_without_a_profile_is_warned_of() -> None:
    request = ask(model="anthropic.claude-haiku-4-5-20251001-v1:0")
    (problem,) = check(request, platform="bedrock")
    assert problem.level == "warning"
    assert problem.message.startswith(f"Invocation of model ID {request['model']} with on-demand throughput")
    assert problem.fix is not None
    assert check(problem.fix.apply(request), platform="bedrock") == []


def test_tokens_are_not_counted_on_bedrock() -> None:
    counting = "/v1/messages/count_tokens"
    request = ask()
    del request["max_tokens"]
    assert [each.status for each in check(request, endpoint=counting, platform="bedrock")] == [400]
    assert check(request, endpoint=counting, platform="vertex") == []


def test_the_old_reading_wants_the_user_first() -> None:
    request = ask(assistant("Hello."), user("Hi"))
    (problem,) = refused(request, "strict")
    assert problem.message == 'messages: first message must use the "user" role'
    assert refused(request, "anthropic") == []


def test_the_old_reading_wants_alternating_roles() -> None:
    request = ask(user("One."), user("Two."), assistant("Yes."), assistant(text("More.")), user("Three."))
    problems = refused(request, "strict")
    assert [each.path for each in problems] == ["messages.1", "messages.3"]
    assert problems[1].message == (
        'messages: roles must alternate between "user" and "assistant", but found multiple "assistant" roles '
        "in a row"
    )
    assert refused(request, "anthropic") == []
    assert mended(request)["messages"] == [
        user("One.\n\nTwo."),
        assistant(text("Yes."), text("More.")),
        user("Three."),
    ]


def test_the_old_reading_knows_no_system_message() -> None:
    messages = [user("One."), system("Be brief."), assistant("Yes."), user("Two.")]
    request = ask(*messages, model="claude-opus-5", system="You are a poet.")
    (problem,) = refused(request, "strict")
    assert (problem.rule, problem.path) == ("R86", "messages.1")
    assert refused(request, "anthropic") == []
    fixed = mended(request)
    assert fixed["system"] == "You are a poet.\n\nBe brief."
    assert [message["role"] for message in fixed["messages"]] == ["user", "assistant", "user"]


@pytest.mark.parametrize(
    "messages",
    [
        [assistant("Hello."), assistant("Still there?"), user("Hi")],
        [user("x"), assistant(use("a"), use("b")), user(result("a")), user(result("b"))],
        [user("x"), system("s"), system(text("t")), assistant("y"), user("z")],
    ],
)
def test_the_fixes_make_it_fit_the_old_reading(messages: list[Json]) -> None:
    request = ask(*messages, model="claude-opus-5")
    assert refused(request, "strict")
    assert refused(mended(request), "strict") == []
    assert refused(mended(request), "anthropic") == []


def mended(request: Json) -> Json:
    for _ in range(20):
        fixes = [each.fix for each in refused(request, "strict") if each.fix]
        if not fixes:
            break
        request = fixes[0].apply(request)
    return request


@pytest.mark.parametrize("platform", ["bedrock", "vertex", "strict"])
@pytest.mark.parametrize("version", ["2026-10-21", "2023-06-01"])
def test_garbage_is_refused_there_as_everywhere(platform: str, version: str) -> None:
    garbages: list[Any] = [None, 3, [], {}, {"messages": [None, {"role": 3}], "tools": [3], "model": 3}]
    for garbage in garbages:
        for request in (
            garbage,
            {**ask(), "messages": garbage},
            {**ask(), "system": garbage, "tools": garbage},
        ):
            check(request, {"anthropic-version": version}, platform=platform)
    assert refused({}, platform)
    assert [each.rule for each in refused(ask(temperature=3), platform, dict(OLD))] == ["shape"]
