// Preact's effects wait for a frame: the page must still be there for those of the last test.
import { afterAll } from "vitest";

afterAll(() => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done))));
