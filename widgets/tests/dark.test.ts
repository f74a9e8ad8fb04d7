import { afterEach, describe, expect, it } from "vitest";
import { isOnDark } from "../src/dark";

const element = () => document.body.appendChild(document.createElement("div"));

afterEach(() => {
  document.body.removeAttribute("style");
  document.body.removeAttribute("class");
  delete document.body.dataset["jpThemeLight"];
});

describe("a page", () => {
  it("is dark when its text is light", () => {
    document.body.style.color = "rgb(232, 234, 237)";
    expect(isOnDark(element())).toBe(true);
    document.body.style.color = "rgb(33, 33, 33)";
    expect(isOnDark(element())).toBe(false);
  });

  it("that says by variables what is dark is believed", () => {
    document.body.style.color = "rgb(232, 234, 237)";
    document.body.dataset["jpThemeLight"] = "false";
    expect(isOnDark(element())).toBe(false);
    delete document.body.dataset["jpThemeLight"];
    document.body.className = "vscode-dark";
    expect(isOnDark(element())).toBe(false);
  });
});
