import { RESUMABLE } from "../../resources/runtimes";
import type { MemberPlan } from "../../resources/team-plan";

/**
 * Whether an agent goes on from a round, or has a file that stays with rounds: a model's are anybody's, what
 * an agent of its own goes on from is nothing to another bot.
 */
export function mayGoOn(
  { bot }: { bot?: string | undefined },
  agent: MemberPlan["agent"],
): boolean {
  return bot === undefined || (bot === agent.bot && RESUMABLE[agent.runtime.runtime]);
}
