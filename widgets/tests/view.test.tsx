import { describe, expect, it, vi } from "vitest";
import type { JsonObject, ProblemView } from "../src/protocol";
import { arriving, block, controls, message, settled, snapshot, text } from "./fake";
import { asks, button, call, has, paused, press, refuse, root, show, store, type } from "./shown";

describe("a call of one of the API's own tools", () => {
  const shown = (name: string, input: JsonObject, more: JsonObject = {}) => {
    show(snapshot("v", [message("assistant", block({ type: "tool_use", id: "toolu_01", name, input, ...more }))]));
    return root.querySelector(".nbk-box") as HTMLElement;
  };

  it("shows a command as a command, and an edit as lines taken away and added", () => {
    expect(shown("bash", { command: "ls -l" }).querySelector(".nbk-typed")?.textContent).toBe("$ ls -l\n");
    const edit = shown("str_replace_based_edit_tool", {
      command: "str_replace",
      path: "<b>.py",
      old_str: "one",
      new_str: "two\nthree",
    });
    expect(edit.querySelector(".nbk-deed")?.textContent).toBe("replace in <b>.py");
    expect([...edit.querySelectorAll(".nbk-gone, .nbk-added")].map((each) => each.textContent)).toEqual([
      "taken away: - one\n",
      "added: + two\n",
      "added: + three\n",
    ]);
  });

  it("shows the input as it is where it has another shape, and whose member it is", () => {
    expect(shown("memory", { command: "create", path: 3 }).textContent).toContain('"path": 3');
    expect(shown("left_click", { coordinate: [1, 2] }, { toolset_name: "computer" }).textContent).toContain(
      "of the toolset computer",
    );
  });
});

const problem: ProblemView = {
  key: "R9@messages.0.content.0",
  at: null,
  rule: "R9",
  path: "messages.0.content.0",
  message: "`tool_use` ids were found without `tool_result` blocks",
  level: "error",
  why: "The call has no answer.",
  fix: { label: "add an error result" },
};

describe("a broken array", () => {
  it("says so at the block in the API's words, and offers the fix", async () => {
    const use = call();
    const problems = [{ ...problem, at: use.id }];
    show(snapshot("v", [message("assistant", use)], { state: "ready", problems }));
    const place = root.querySelector(".nbk-block .nbk-problem");
    expect(place?.textContent).toContain(problem.message);
    expect(place?.textContent).toContain(problem.why);
    await press("Fix: add an error result");
    expect(asks).toEqual([{ kind: "fix", key: problem.key }]);
  });

  it("can be sent on purpose, and only on purpose", async () => {
    show(snapshot("v", [message("user", text("hi"))], { state: "ready", problems: [problem] }));
    expect(has("Continue")).toBe(false);
    await press("Send anyway");
    expect(asks).toEqual([{ kind: "resume", check: false }]);
  });
});

describe("the controls", () => {
  it.each([
    ["ready", false, ["Continue", "Step"], ["Stop", "Send anyway"]],
    ["ready", true, ["Continue", "Step"], ["Stop"]],
    ["paused", false, ["Step", "Run to end"], ["Send anyway"]],
    ["streaming", false, ["Stop"], ["Continue"]],
    ["idle", false, [], ["Continue", "Stop", "Send anyway"]],
    ["confirm", false, ["Send", "Don’t send"], ["Continue"]],
    ["stale", false, ["↶", "↷"], ["Continue", "Stop"]],
  ] as const)("in %s (stepping: %s)", (state, stepping, there, missing) => {
    show(snapshot("v", [message("user", text("hi"))], { state, stepping, notice: "costs money" }));
    for (const name of there) expect(has(name)).toBe(true);
    for (const name of missing) expect(has(name)).toBe(false);
  });

  it("ask once before money is spent", async () => {
    show(snapshot("v", [], { state: "confirm", notice: "about $0.02" }));
    expect(root.textContent).toContain("about $0.02");
    await press("Send");
    await press("Don’t send");
    expect(asks).toEqual([{ kind: "confirm" }, { kind: "decline" }]);
  });

  it("show a refusal in the status line", async () => {
    show(snapshot("v", []));
    refuse("there is nothing to undo");
    await press("↶");
    expect(root.querySelector(".nbk-status")?.textContent).toBe("there is nothing to undo");
  });

  it("say which breakpoint or limit holds the turn, and how it goes on", () => {
    show(snapshot("v", [], { state: "ready", stopped: "before a request" }));
    expect(root.textContent).toContain("stopped before a request: Continue goes on from here");
  });

  it("offer no undo where there is nothing to take back, and keep the focus on its button", async () => {
    show(snapshot("v", [], { controls: { ...controls, undo: false } }));
    button("↶").focus();
    await press("↶");
    await press("↷");
    expect(asks).toEqual([{ kind: "redo" }]);
    expect(button("↶").title).toBe("there is nothing to undo");
    expect(document.activeElement).toBe(button("↶"));
  });

  it("step at a pause, and say what the step waits for", async () => {
    show(paused());
    expect(button("Step").title).toContain("it waits for a decision on get_weather");
    refuse("Step waits for a decision on get_weather (toolu_01)");
    await press("Step");
    expect(asks).toEqual([{ kind: "step" }]);
    expect(root.querySelector(".nbk-status")?.textContent).toContain("waits for a decision on get_weather");
  });

  it("say once why a request failed: as the error of the view, not as a refusal too", async () => {
    const view = show(snapshot("v", [message("user", text("hi"))], { state: "ready" }));
    const error = { title: "400 invalid_request_error", message: "messages: too short", path: null };
    refuse("400 invalid_request_error: messages: too short");
    const failing = press("Continue");
    const whole = snapshot("v", [message("user", text("hi"))], { state: "ready", error });
    store.receive({ kind: "snapshot", view: "v", seq: 2, snapshot: whole });
    await failing;
    expect(root.querySelector(".nbk-error")?.textContent).toContain("messages: too short");
    expect(view.refusal.value).toBeNull();
    const said = () => root.querySelector("[aria-live=polite]")?.textContent;
    await vi.waitFor(() => expect(said()).toContain("messages: too short"));
  });

  it("say once at its block what the API refused, and where it can be read whole", () => {
    const words = "messages.0: the last one is empty";
    const problem = { key: "p", rule: "R15", path: "messages.0", message: words, at: "m", level: "error", why: "", fix: null };
    const error = { title: "400 invalid_request_error", message: words, path: "messages.0", at: "m" };
    const messages = [{ ...message("user", text("hi")), id: "m" }];
    show(snapshot("v", messages, { state: "ready", error, problems: [problem as ProblemView] }));
    const shown = () => [...root.querySelectorAll(".nbk-words, .nbk-error")].map((each) => each.textContent);
    expect(root.querySelector(".nbk-list .nbk-rule")?.textContent).toBe("R15 · API 400");
    expect(shown()).toEqual([words, `400 invalid_request_error${words}messages.0`]);
  });

  it("toggle stepping, and turn back when it is refused", async () => {
    show(snapshot("v", []));
    refuse("refused");
    const box = root.querySelector(".nbk-tools input") as HTMLInputElement;
    box.click();
    await settled();
    expect(asks).toEqual([{ kind: "stepping", on: true }]);
    expect(box.checked).toBe(false);
  });
});

describe("blocks", () => {
  it("keep the focus and the text of an open form while others change", async () => {
    const whole = paused();
    show(whole);
    await press("Fake");
    const field = await type("half a ");
    field.setSelectionRange(4, 4);
    const reply = message("user", text("one more"));
    store.receive({
      kind: "patch",
      view: "v",
      seq: 2,
      ops: [
        { op: "message", message: reply },
        { op: "head", head: { state: "paused" } },
      ],
    });
    store.receive({ kind: "snapshot", view: "v", seq: 3, snapshot: { ...whole, stepping: true } });
    await settled();
    expect(root.querySelector("textarea")).toBe(field);
    expect(document.activeElement).toBe(field);
    expect([field.value, field.selectionStart]).toEqual(["half a ", 4]);
  });

  it("show raw input as it streams", async () => {
    const use = { ...call(), streaming: true, json: '{"ci', wire: { ...call().wire, input: {} } };
    show(snapshot("v", [arriving(use)], { state: "streaming" }));
    const pre = root.querySelector("pre");
    const node = pre?.firstChild;
    store.receive({
      kind: "patch",
      view: "v",
      seq: 2,
      ops: [{ op: "grow", block: use.id, field: "json", value: 'ty":' }],
    });
    await vi.waitFor(() => expect(pre?.textContent).toBe('{"city":'));
    expect(pre?.firstChild).toBe(node);
  });

  it("fold thinking, and name reasoning that was not sent", () => {
    show(
      snapshot("v", [
        message(
          "assistant",
          block({ type: "thinking", thinking: "hm", signature: "Eq" }),
          block({ type: "thinking", thinking: "", signature: "Eq" }),
        ),
      ]),
    );
    expect(root.querySelector("details")?.open).toBe(false);
    expect(root.textContent).toContain("hidden reasoning");
  });

  it("show only images that travel in the message", () => {
    const source = { type: "base64", media_type: "image/png", data: "aGk=" };
    const content = [
      { type: "image", source },
      { type: "image", source: { type: "url", url: "https://evil.example/x.png" } },
      { type: "image", source: { ...source, media_type: "image/svg+xml" } },
    ];
    show(
      snapshot("v", [
        message("user", block({ type: "tool_result", tool_use_id: "toolu_01", content, is_error: true })),
      ]),
    );
    expect([...root.querySelectorAll("img")].map((image) => image.src)).toEqual(["data:image/png;base64,aGk="]);
    expect(root.querySelector(".nbk-flag")?.textContent).toBe("is_error");
  });

  it("show a type without a face as it came", () => {
    show(snapshot("v", [message("assistant", block({ type: "constructor", depth: 3 }))]));
    expect(root.querySelector("pre")?.textContent).toBe('{ "type": "constructor", "depth": 3 }');
  });

  it("do not render what a person typed", () => {
    show(snapshot("v", [message("user", text("**bold** <b>x</b>", { by: "person" }))]));
    expect(root.querySelector(".nbk-plain-text")?.textContent).toBe("**bold** <b>x</b>");
  });
});
