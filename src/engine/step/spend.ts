import { addUsage, type Usage } from "../../protocol/usage";
import type { Draft } from "../turn/draft";

/** What a provider counted costs the turn, whatever came of it. */
export function spend(draft: Draft, turnId: string, usage: Usage | undefined): void {
  const total = usage && addUsage(draft.run(turnId).usage, usage);
  if (total) draft.setRun(turnId, { usage: total });
}
