import type { Settings } from "../../platform/settings";
import { accepted, type Outcome, refuse, refused } from "../../protocol/errors";
import { type Ref, refText } from "../../protocol/refs";
import { keptOf } from "../../protocol/turn";
import type { Find } from "../../resources/resource";
import type { RetryRule, TeamMember, TeamSpec } from "../../resources/specs";
import type { MemberPlan, TeamPlan } from "../../resources/team-plan";
import { turnBudgetMs } from "../../resources/turn-budget";
import { given } from "../model/given";
import { stepIds } from "../remote/step-id";
import { agentOf, need, Unresolved } from "./agent-config";

const PHASE_TIMEOUT_MS = 120_000;

/**
 * A team with everything that it refers to, all defaults filled in: what a turn runs with. The one
 * path for shipped and users' teams. Refuses with `invalid_request` where a reference leads nowhere.
 */
export async function resolveTeam(
  teamRef: Ref,
  find: Find,
  settings: Settings,
): Promise<Outcome<TeamPlan>> {
  try {
    const { spec, metadata } = await need(find, "Team", teamRef);
    const plan = await planOf(refText(teamRef), spec, { find, settings });
    return accepted({ ...plan, version: metadata.resourceVersion });
  } catch (error) {
    if (!(error instanceof Unresolved)) throw error;
    const issues = [{ path: "teamRef", message: error.message }];
    return refused(refuse("invalid_request", "The team cannot be used.", { issues }));
  }
}

type Doors = { find: Find; settings: Settings };

async function planOf(team: string, spec: TeamSpec, doors: Doors): Promise<TeamPlan> {
  const { collaboration, onBusy = "enqueue", timeoutMs, errorBudget, tokenLimit, maxRounds } = spec;
  const ids = stepIds(spec.members.map(({ role }) => role));
  checkRollbacks(spec.members);
  const members = await Promise.all(
    spec.members.map(async (member, index) => ({
      step: ids[index] ?? member.role,
      ...(await memberOf(member, collaboration, doors)),
    })),
  );
  const isCapped =
    timeoutMs !== undefined || members.every((member) => member.timeoutMs === undefined);
  return {
    team,
    collaboration,
    onBusy: keptOf(onBusy),
    ...(keptOf(onBusy) !== onBusy && { laterOnBusy: onBusy }),
    timeoutMs: timeoutMs ?? limitMs(collaboration, members, doors.settings),
    ...(isCapped && { isCapped }),
    // A setting of 0 is no limit.
    ...given({
      errorBudget,
      maxRounds,
      tokenLimit: tokenLimit ?? (doors.settings.TURN_TOKEN_LIMIT || undefined),
    }),
    members,
  };
}

async function memberOf(
  member: TeamMember,
  collaboration: TeamSpec["collaboration"],
  { find, settings }: Doors,
): Promise<Omit<MemberPlan, "step">> {
  // A solo member has the turn's own limit; a phase must not use up those of the others.
  const timeoutMs = member.timeoutMs ?? (collaboration === "solo" ? undefined : PHASE_TIMEOUT_MS);
  return {
    role: member.role,
    agent: await agentOf(member.botRef, find),
    ...given({ prompt: member.prompt, timeoutMs }),
    retry: { ...defaultRetry(settings), ...given(member.retry ?? {}) },
    onFailure: await failureRuleOf(member.onFailure, find),
    critical: member.critical ?? false,
    requireConfirmation: member.requireConfirmation ?? false,
    context: member.context ?? "all",
  };
}

/** Waits of 2 s and 4 s between three attempts, and 8 s before a fourth (contract section 5). */
function defaultRetry({ RETRY_INITIAL_MS }: Settings): RetryRule {
  return { maxAttempts: 3, initialMs: RETRY_INITIAL_MS, factor: 2, maxMs: 60_000, jitter: false };
}

async function failureRuleOf(
  rule: TeamMember["onFailure"],
  find: Find,
): Promise<MemberPlan["onFailure"]> {
  if (typeof rule === "object" && "fallback" in rule) {
    return { fallback: await agentOf(rule.fallback, find) };
  }
  return rule ?? "abort";
}

function checkRollbacks(members: readonly TeamMember[]): void {
  for (const [index, { role, onFailure }] of members.entries()) {
    if (typeof onFailure !== "object" || !("rollbackTo" in onFailure)) continue;
    const upToHere = members.slice(0, index + 1);
    if (!upToHere.some((item) => item.role === onFailure.rollbackTo)) {
      throw new Unresolved(`${role} cannot roll back to ${onFailure.rollbackTo}, no earlier role`);
    }
  }
}

/** Room for all that the rules allow; a chat turn has its setting, or what its own member's limit needs. */
function limitMs(
  collaboration: TeamSpec["collaboration"],
  members: readonly MemberPlan[],
  { TURN_TIMEOUT_MS }: Settings,
): number {
  const phases = members.flatMap(({ timeoutMs, ...rest }) =>
    timeoutMs === undefined ? [] : [{ ...rest, timeoutMs }],
  );
  if (collaboration === "pipeline") return turnBudgetMs(phases);
  return Math.max(TURN_TIMEOUT_MS, phases.length > 0 ? turnBudgetMs(phases) : 0);
}
