// A broken rule where it is broken: the API's own words, plain words, and the fix if there is one.
import { Button } from "./button";
import type { ProblemView } from "./protocol";
import type { ViewStore } from "./store";

const LEVELS = { error: "the API refuses this", warning: "accepted, but", unknown: "newer than what is known here", answer: "the API has said this" };

export function Problems({ view, problems }: { view: ViewStore; problems: ProblemView[] }) {
  if (problems.length === 0) return null;
  return (
    <ul class="nbk-problems">
      {problems.map((problem) => (
        <Problem key={problem.key} view={view} problem={problem} />
      ))}
    </ul>
  );
}

function Problem({ view, problem }: { view: ViewStore; problem: ProblemView }) {
  const { key, rule, message, level, why, fix } = problem;
  return (
    <li class={`nbk-problem nbk-level-${level}`}>
      <span class="nbk-rule" title={`${LEVELS[level] ?? level} (${problem.path})`}>
        {rule}
      </span>
      <div class="nbk-problem-text">
        <p class="nbk-words">{message}</p>
        {why && <p class="nbk-why">{why}</p>}
      </div>
      {fix && (
        <Button kind="small" onPress={() => view.ask({ kind: "fix", key })}>
          Fix: {fix.label}
        </Button>
      )}
    </li>
  );
}
