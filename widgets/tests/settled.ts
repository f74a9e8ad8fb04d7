// Preact's effects wait for a frame, or 35 ms: the page must still be there for those of the last test.
import { afterAll } from "vitest";

afterAll(() => new Promise<void>((done) => setTimeout(done, 100)));
