import type { Role } from "../../protocol/identity";
import type { RoomState } from "../../protocol/room-state";
import type { TurnRun } from "../../protocol/rooms/turn-run";
import type { Step, Turn } from "../../protocol/turn";
import type { TeamPlan } from "../../resources/team-plan";

export type MemberRoles = Record<string, Role>;

/** All before a `seq` of the source's, for whoever forked it. */
export type Copying = { userId: string; beforeSeq: number };

export type TurnRecord = { turn: Turn; run: TurnRun };

/**
 * A task's room as the engine sees it. `state` changes only through the fold, `runs` has one entry
 * for each open turn, `plans` holds every plan that an open turn or the next one uses.
 */
export type Room = {
  state: RoomState;
  members: MemberRoles;
  /** The `seq` with which each member came in; from it on the task's events are theirs. */
  since: Record<string, number>;
  /** The `seq` with which each former member went, the newest of them: their homes are told. */
  left?: Record<string, number>;
  /** The creator's own name for the task. */
  key?: string;
  /** The last `seq` of a history that the task began with. */
  importedThrough?: number;
  /** The number of the log's first event, where that is not 1: messages before it are in the database alone. */
  begins?: number;
  /** What is still to be copied of the history that the task was forked with. */
  copying?: Copying | undefined;
  runs: Record<string, TurnRun>;
  plans: Record<number, TeamPlan>;
  /** The plan as it was when the team was last resolved. */
  planId: number;
};

/** Nothing where the user is no member. An object has names of its own, which may be a user's. */
export function roleOf(members: MemberRoles, userId: string): Role | undefined {
  return Object.hasOwn(members, userId) ? members[userId] : undefined;
}

/** The `seq` with which a member came in; nothing where that is not known. */
export function cameIn({ since }: Pick<Room, "since">, userId: string): number | undefined {
  return Object.hasOwn(since, userId) ? since[userId] : undefined;
}

export function activeTurn(room: Room): Turn | undefined {
  return room.state.openTurns.find(
    (turn) => turn.status === "PROCESSING" || turn.status === "WAITING",
  );
}

/**
 * The turn that "stop" and "instead" mean: the active one or, before any has begun, the queue's
 * first, so that what a person says does not depend on whether the turn has just begun.
 */
export function currentTurn(room: Room): Turn | undefined {
  return activeTurn(room) ?? waitingTurns(room)[0];
}

export function waitingTurns(room: Room): Turn[] {
  return room.state.openTurns.filter((turn) => turn.status === "PENDING");
}

/** The steps of a turn that has not begun. */
export function freshSteps(plan: TeamPlan): Step[] {
  return plan.members.map((member) => ({
    step: member.step,
    phase: member.role,
    bot: member.agent.bot,
    status: "PENDING",
    attempt: 0,
    run: 1,
  }));
}

export function freshRun(userId: string, input: string): TurnRun {
  return {
    userId,
    input,
    restarts: 0,
    failures: 0,
    rollbacks: 0,
    spentMs: 0,
    guidance: [],
    steps: {},
  };
}

/** The first event of the rounds that open turns go on from; nothing where they have made none. */
export function roundsFrom(runs: Room["runs"]): number | undefined {
  const steps = Object.values(runs).flatMap((run) => Object.values(run.steps));
  const from = steps.flatMap((step) => step.roundsFrom ?? []);
  return from.length === 0 ? undefined : Math.min(...from);
}
