// What the kernel and the page say to each other. The same shapes are written in nbkit/notebook; the logs in
// tests/data/protocol hold both ends to them.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export type State = "idle" | "ready" | "streaming" | "running" | "paused" | "confirm" | "stale" | "desk" | "table";
export type By = "person" | "model" | "simulator" | "tool" | "fake" | "refusal" | "edit";

export interface ProblemView {
  key: string;
  /** The id of the block or message it stands at; null: of the whole. */
  at: string | null;
  rule: string;
  path: string;
  message: string;
  /** `answer`: the API has said so of the last request. */
  level: "error" | "warning" | "unknown" | "answer";
  why: string;
  fix: { label: string } | null;
}

/** What pictures and documents weigh for the model of a view. */
export interface Weights {
  image_edge: number;
  image_tokens: number;
  pdf_page: number;
  chars_per_token: number;
}

export interface BlockView {
  id: string;
  type: string;
  wire: JsonObject;
  by: By | (string & {});
  note?: string | null;
  /** Raw partial input of a tool_use that is still being written. */
  json?: string;
  streaming?: boolean;
  /** How much reasoning it was, where that is hidden and counted. */
  tokens?: number;
  /** Thinking that is not as it was signed. */
  unsealed?: boolean;
}

/** Where a message stands in the array is told by its place in the list. */
export interface MessageView {
  id: string;
  role: string;
  blocks: BlockView[];
  /** The content is a string: that of its one block. */
  as_string?: boolean;
  /** A message of a shape nobody foresaw: its one block is all of it. */
  odd?: boolean;
  /** It still arrives. */
  partial?: boolean;
  /** It is no part of the array. */
  loose?: boolean;
}

export type Decision =
  | { type: "approve"; look: boolean; is_error: boolean | null; large?: boolean }
  | { type: "edit_input"; input: JsonObject; rewrite: boolean; look: boolean; is_error: boolean | null }
  | { type: "edit_result"; content: Json; is_error: boolean | null }
  | { type: "fake"; content: Json; is_error: boolean }
  | { type: "fake"; variable: string; is_error: boolean }
  | { type: "refuse"; reason: string; is_error: boolean }
  | { type: "stop" };

export interface CardView {
  id: string;
  block: string;
  name: string;
  input: JsonObject;
  schema: JsonObject | null;
  state: "open" | "running" | "look" | "decided";
  can_run: boolean;
  why_not: string | null;
  /** The tool was started, and nobody knows what came of it. */
  may_have_run?: boolean;
  /** Why the result waits although nobody wished to look: it is large, or the API would refuse it. What stands
   * in `result` is then a shorter one. */
  too_much?: string;
  /** The tool is another one now than the model knows, and what it costs to tell the model. */
  redefined?: string;
  /** What looks odd in the result. */
  doubts?: string[];
  /** What the tool wrote to stdout and stderr; the model is not told. */
  printed?: string;
  /** Results that the call can be faked with. */
  samples?: { label: string; content: Json }[];
  /** Variables of the user's that may be a result, the newest first; there when a card has asked for them. */
  variables?: { name: string; what: string }[];
  /** The variable that was looked up last, as the content of a result; `number` counts the look-ups. */
  taken?: { name: string; number: number; content: Json; too_much?: string };
  decision: Decision | null;
  result: { content: Json; is_error: boolean } | null;
}

export interface OfferedTool {
  name: string;
  description: string;
  schema: JsonObject | null;
  strict: boolean;
}

/** A request that waits for the person who is the model. */
export interface PromptView {
  id: string;
  thinks: boolean;
  /** `auto`, `any`, `none`, or `tool NAME`. */
  choice: string;
  parallel: boolean;
  /** The answer's text has to be JSON of a schema. */
  json: boolean;
  tools: OfferedTool[];
}

/** What came of one fork of a what-if. */
export interface RowView {
  name: string;
  state: "running" | "done" | "failed" | "stopped";
  answer: { text: string; differs: boolean }[];
  /** The answer is the first row's, word for word. */
  same: boolean;
  notes: string[];
  error: string | null;
  stop_reason: string | null;
  tokens_in: number;
  tokens_out: number;
  cost: number | null;
  /** The variable that holds the conversation, once it was opened. */
  variable: string | null;
  /** The view that shows it below the table. */
  inside: string | null;
}

/** What a row can change beside the open calls. */
export interface Offers {
  models: string[];
  model: string;
  system: string;
  tools: string[];
  prompts: boolean;
  last_prompt: string;
}

export interface WhatIf {
  /** null: rows can't be added here. */
  offers: Offers | null;
  running: boolean;
  /** A question before requests go out for money. */
  asks: string | null;
  rows: RowView[];
}

/** What a row changes; what is left out stays as it is. */
export interface Case {
  decisions?: { [call: string]: Decision };
  prompt?: string;
  /** The prompt takes the place of the last one. */
  instead?: boolean;
  model?: string;
  system?: string;
  without?: string[];
}

export interface Badge {
  simulated: boolean;
  text: string;
  model: string;
}

/** Where a turn stops although it could go on. */
export interface Breakpoint {
  /** null: any. */
  tool: string | null;
  on: "call" | "request" | "error";
  argument: { name: string; test: "equals" | "contains"; value: string } | null;
}

/** `code`: it has a condition that is a function. */
export type BreakpointView = Breakpoint & { code: boolean; words: string };

/** What can be done now that the array and its open calls don't tell. */
export interface ControlsView {
  undo: boolean;
  redo: boolean;
  /** The most requests of a stretch. */
  max_steps: number;
  /** These: only in the view where the conversation goes on. */
  breakpoints?: BreakpointView[];
  /** Tools whose calls are decided the same way, without asking. */
  always?: { tool: string; words: string }[];
  /** What goes out after the results; only where calls wait for theirs. */
  remark?: string;
  tools?: { name: string; arguments: string[] }[];
}

/** The limits of *Run to end* as a person wrote them; null: not touched. */
export interface LimitWords {
  requests: string | null;
  tokens: string | null;
  dollars: string | null;
}

/** A block on one side of a comparison; `words` are its text in pieces. */
export interface DiffSide {
  id: string;
  path: string;
  role: string;
  type: string;
  words: { text: string; differs: boolean }[];
}

export type DiffRow =
  | { state: "same"; count: number }
  /** `added`: the other one only has it; `removed`: this one only. */
  | { state: "changed" | "added" | "removed" | "moved"; first: DiffSide | null; second: DiffSide | null };

/** Two arrays side by side, by their keys in `arrays`; `""` is the conversation's own. */
export interface DiffView {
  first: string;
  second: string;
  rows: DiffRow[];
  /** So many further differences are not shown. */
  more: number;
}

export interface Snapshot {
  view: string;
  conversation: string;
  /** The index of the first message. */
  start: number;
  /** All of the array is shown, not a turn of it. */
  whole?: boolean;
  /** What there is around all of the conversation is shown: branches, what can be compared. */
  unfolded?: boolean;
  arrays?: { key: string; words: string }[];
  /** The present branch first; `parts`: how many messages it shares with that one. */
  branches?: { name: string; messages: number; parts: number }[];
  /** Whether there was a last request to compare with. */
  sent?: boolean;
  diff?: DiffView | null;
  /** What each cache breakpoint costs, by its block's id; null: it stands before the messages. */
  caches?: { at: string | null; path: string; words: string }[];
  /** What can be cited in front of this view. */
  before?: { documents: number; search_results: number };
  /** What the inputs of its calls look like, by the tool's name. */
  schemas?: { [tool: string]: JsonObject };
  weights?: Weights;
  /** What the next request holds beside its messages. */
  request?: { fields: JsonObject; headers: JsonObject };
  badge: Badge;
  state: State;
  /** False while a running cell does what goes on: the kernel hears no page then, only an interrupt. */
  stoppable?: boolean;
  stepping: boolean;
  /** The names in braces in the prompt; null: no variable has that name, so it stayed as written. */
  filled: { name: string; value: string | null }[];
  messages: MessageView[];
  cards: CardView[];
  prompts?: PromptView[];
  problems: ProblemView[];
  /** `sent`: a request had gone out, so there is something to see of it; `at`: the block or message it is about. */
  error: { title: string; message: string; path: string | null; sent?: boolean; at?: string } | null;
  notice: string | null;
  /** What came of the page's last wish. */
  told?: string | null;
  /** Why a turn waits that could go on: a breakpoint, or a limit. */
  stopped?: string | null;
  /** A forced `tool_choice` that held for the turn's first request and holds no more. */
  released?: string | null;
  controls?: ControlsView;
  stop_reason: string | null;
  usage: JsonObject | null;
  what_if?: WhatIf | null;
  /** The array ends in this view. */
  last?: boolean;
  limits?: LimitWords;
}

export type Head = Omit<Snapshot, "messages" | "cards" | "problems">;

export type Op =
  /** What is said around the messages, as far as it differs; `gone`: what is not said any more. */
  | { op: "head"; head: Partial<Head>; gone?: (keyof Head)[] }
  | { op: "cards"; cards: CardView[] }
  | { op: "problems"; problems: ProblemView[] }
  /** Other messages of the array in place of some. */
  | { op: "splice"; at: number; remove: number; messages: MessageView[] }
  /** Other blocks in place of some, in the array's message at this index. */
  | { op: "blocks"; at: number; first: number; remove: number; blocks: BlockView[] }
  /** What stands behind the array: the reply that arrives, or what is no part of it. */
  | { op: "loose"; messages: MessageView[] }
  | { op: "message"; message: MessageView }
  | { op: "block"; message: string; block: BlockView }
  | { op: "grow"; block: string; field: "text" | "thinking" | "json"; value: string };

export interface Reply {
  kind: "reply";
  request: string;
  ok: boolean;
  why: string | null;
  /** What was asked to know; or, where a change was not made yet, the `Choices` of how it can be. */
  value?: unknown;
}

/** A change that would break something is asked about: it is sent again with one of these as `anyway`. */
export interface Choices {
  choices: { anyway: string; label: string; why: string }[];
}

export type KernelMessage =
  | { kind: "output"; view: string; bundle: Record<string, unknown> }
  /** Is the page heard? It says anything. */
  | { kind: "call" }
  | { kind: "snapshot"; view: string; seq: number; snapshot: Snapshot }
  | { kind: "patch"; view: string; seq: number; ops: Op[] }
  | Reply;

/** In front of a block or message, at the end of what is in a message, or at the end of the array. */
export type Gap = { before?: string; into?: string };

/** A change of the array, by the ids of what it concerns; what is done by one is one step of undo. */
export type Edit =
  | { kind: "edit"; id: string; field?: string; value: Json }
  | { kind: "clear"; id: string; field: string }
  | { kind: "set"; path: string; value?: Json }
  /** Several fields of the body, or `version` and `betas` of the headers; null takes one away. */
  | { kind: "set"; fields: JsonObject }
  | ({ kind: "insert"; value: Json } & Gap)
  | ({ kind: "paste"; text: string } & Gap)
  | ({ kind: "move"; ids: string[] } & Gap)
  | { kind: "delete" | "duplicate"; ids: string[] }
  | { kind: "split"; id: string; at: number }
  | { kind: "merge" | "wrap"; id: string };

/** What a page asks for one view; `request` and `view` are added on the way out. */
export type Ask =
  | { kind: "decide"; id: string; decision: Decision; always?: boolean }
  | { kind: "decide_all"; decision: Decision }
  | { kind: "look_up"; id: string; name: string | null }
  | { kind: "resume"; check: boolean }
  | { kind: "send" }
  | { kind: "say"; id: string; content: JsonObject[]; stop_reason: string | null }
  | { kind: "fail"; id: string; status: number }
  | { kind: "fix"; key: string }
  | Edit
  | { kind: "abandon"; id: string }
  | { kind: "reopen"; id: string }
  /** Up to and with the message of that id. */
  | { kind: "rewind"; id: string }
  | { kind: "fork"; id: string }
  | { kind: "switch" | "drop_branch"; branch: string }
  | { kind: "rename_branch"; branch: string; name: string }
  | { kind: "unfold"; on: boolean }
  | { kind: "share" }
  /** With null: no more. */
  | { kind: "compare"; first: string; second: string | null }
  /** Make of a block what the other array has there. */
  | { kind: "take"; first: string | null; second: string | null }
  | { kind: "run_to_end"; max_steps: number; max_tokens: number | null; max_cost: number | null }
  | { kind: "limits"; limits: LimitWords }
  | { kind: "stepping"; on: boolean }
  | { kind: "remark"; text: string }
  | { kind: "break"; breakpoint: Breakpoint }
  | { kind: "unbreak"; number: number }
  /** No answer of before holds for this tool any more. */
  | { kind: "ask_again"; tool: string }
  | { kind: "what_if"; on: boolean }
  /** How the reply came that became this message, its bytes, or the request that it answers; null: the last one. */
  | { kind: "wire" | "wire_bytes"; id: string | null }
  /** What the API would say of a change that isn't made. */
  | { kind: "check"; edit: Edit }
  | { kind: "export"; id: string | null; form: "curl" | "python" | "json" }
  | { kind: "try"; cases: Case[]; confirmed: boolean }
  | { kind: "try_stop" }
  | { kind: "row_open"; row: number; on: boolean }
  | { kind: "row_take"; row: number }
  | { kind: "step" | "stop" | "undo" | "redo" | "confirm" | "decline" };

export type PageMessage = { request: string } & (
  | { kind: "ready" }
  | { kind: "open"; views: string[] }
  | (Ask & { view: string; anyway?: string })
  /** The next piece of a message that is too long for one: its JSON, cut. */
  | { kind: "part"; part: number; of: number; text: string }
);
