// Cuts growing Markdown into top-level pieces. A finished piece never changes again, so only the last one is parsed
// anew while text streams. Cuts are made at blank lines and around code fences; lists stay in one piece.

interface Fence {
  mark: string;
  info: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const ITEM = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:\s|$)/;
const INDENTED = /^(?: {2,}|\t)/;

export class Segments {
  readonly frozen: string[] = [];
  tail = "";
  /** Set while the tail is a code fence that has not been closed. */
  fence: Fence | null = null;
  #whole = "";
  #scanned = 0;
  #blank = false;
  #list = false;

  /** Take the whole text so far. Text that does not continue the last one starts over. */
  feed(whole: string): void {
    if (!whole.startsWith(this.#whole)) this.#reset();
    this.tail += whole.slice(this.#whole.length);
    this.#whole = whole;
    this.#scan();
  }

  /** What is inside the open fence: the tail without its first line. */
  get code(): string {
    const end = this.tail.indexOf("\n");
    return end < 0 ? "" : this.tail.slice(end + 1);
  }

  #reset(): void {
    this.frozen.length = 0;
    this.tail = this.#whole = "";
    this.#scanned = 0;
    this.#blank = this.#list = false;
    this.fence = null;
  }

  #scan(): void {
    for (;;) {
      const end = this.tail.indexOf("\n", this.#scanned);
      if (end < 0) return;
      const start = this.#scanned;
      this.#scanned = end + 1;
      this.#line(this.tail.slice(start, end).trimEnd(), start);
    }
  }

  #line(line: string, start: number): void {
    if (this.fence) {
      if (closes(line, this.fence.mark)) this.#cut(this.#scanned);
      return;
    }
    if (line === "") {
      this.#blank = true;
      return;
    }
    const fence = FENCE.exec(line);
    if (fence && !(fence[1]?.startsWith("`") && fence[2]?.includes("`"))) {
      this.#cut(start);
      this.fence = { mark: fence[1] ?? "", info: (fence[2] ?? "").trim() };
      return;
    }
    if (this.#blank && !this.#continues(line)) this.#cut(start);
    if (this.#scanned === line.length + 1 || this.tail.slice(0, start).trim() === "") this.#list = ITEM.test(line);
    this.#blank = false;
  }

  #continues(line: string): boolean {
    return INDENTED.test(line) || (this.#list && ITEM.test(line));
  }

  #cut(at: number): void {
    const piece = this.tail.slice(0, at);
    if (piece.trim() !== "") this.frozen.push(piece);
    this.tail = this.tail.slice(at);
    this.#scanned -= at;
    this.#blank = this.#list = false;
    this.fence = null;
  }
}

function closes(line: string, mark: string): boolean {
  const found = FENCE.exec(line);
  return found?.[1] !== undefined && found[1].startsWith(mark) && found[2]?.trim() === "";
}
