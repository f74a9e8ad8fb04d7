import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    environment: "jsdom",
    setupFiles: ["tests/last-frame.ts"],
    include: ["tests/**/*.test.{ts,tsx}"],
    testTimeout: 60_000, // a busy machine is slow, not wrong: this ends what would never end
  },
});
