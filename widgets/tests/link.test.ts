import { expect, test } from "vitest";
import { Link } from "../src/page/link";
import type { PageMessage } from "../src/protocol";

function asked(value: unknown): { sent: PageMessage[]; answer: Promise<{ ok: boolean; why: string | null }> } {
  const sent: PageMessage[] = [];
  const answer = new Link((message) => sent.push(message)).ask("v", { kind: "insert", value: value as never });
  return { sent, answer };
}

test("what is short goes out as it is", () => {
  const { sent } = asked("hello");
  expect(sent).toMatchObject([{ kind: "insert", value: "hello", view: "v" }]);
});

test("what is long goes out in parts that are the same when joined, and cuts no character in two", () => {
  const value = `-${"😀".repeat(1_600_000)}`;
  const { sent } = asked(value);
  const parts = sent as Extract<PageMessage, { kind: "part" }>[];
  expect(parts.map(({ kind, part, of }) => [kind, part, of])).toEqual([
    ["part", 0, 2],
    ["part", 1, 2],
  ]);
  expect(parts.some(({ text }) => /[\ud800-\udbff]$/.test(text))).toBe(false);
  const whole = JSON.parse(parts.map(({ text }) => text).join("")) as { value: string; request: string };
  expect(whole.value === value && whole.request === parts[0]?.request).toBe(true);
});

test("what no request could hold is not sent", async () => {
  const { sent, answer } = asked("a".repeat(50_000_000));
  expect(await answer).toMatchObject({ ok: false });
  expect(sent).toEqual([]);
});
