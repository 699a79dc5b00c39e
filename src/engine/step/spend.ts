import { addUsage, type Usage } from "../../protocol/usage";
import type { Draft } from "../turn/draft";
import { memberOf } from "./phase";
import { agentOf } from "./start";

/** What a provider counted for a step costs the turn, whatever came of it. */
export function spend(draft: Draft, turnId: string, step: string, usage: Usage | undefined): void {
  if (!usage) return;
  const total = addUsage(draft.run(turnId).usage, usage);
  if (total) draft.setRun(turnId, { usage: total });
  const agent = agentOf(memberOf(draft, turnId, step), draft.stepRun(turnId, step));
  draft.noteSpending({ usage, agent });
}
