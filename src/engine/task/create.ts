import type { JsonObject } from "../../protocol/json";
import type { Ref } from "../../protocol/refs";
import type { Task } from "../../protocol/task";
import { toTimestamp } from "../../protocol/time";
import type { TeamPlan } from "../../resources/team-plan";
import type { Draft } from "../turn/draft";
import type { MemberRoles, Room } from "../turn/room";

export type TaskSeed = {
  taskId: string;
  title: string;
  teamRef: Ref;
  labels: Record<string, string>;
  metadata: JsonObject;
  key?: string;
  ephemeral?: true;
  /** The task whose history it begins with, and the last message of it. */
  forkedFrom?: Task["forkedFrom"];
  /** The number of its first event; absent means 1. */
  begins?: number;
  createdBy: string;
  members: MemberRoles;
  epoch: string;
  plan: TeamPlan;
};

/** A room as it is before its first event. */
export function emptyRoom(seed: TaskSeed, now: number): Room {
  const { begins = 1 } = seed;
  return {
    state: { task: taskOf(seed, now), openTurns: [], streams: [], messages: [] },
    members: seed.members,
    since: Object.fromEntries(Object.keys(seed.members).map((userId) => [userId, begins])),
    runs: {},
    plans: { 1: seed.plan },
    planId: 1,
    ...(seed.key !== undefined && { key: seed.key }),
    ...(seed.begins !== undefined && { begins: seed.begins }),
  };
}

/** The first event of a task: from it a fold can start. */
export function announceTask(draft: Draft): void {
  const { task } = draft.room.state;
  draft.emit({ type: "task:updated", data: { task: { ...task, headSeq: draft.nextSeq } } });
}

function taskOf(seed: TaskSeed, now: number): Task {
  const at = toTimestamp(now);
  return {
    id: seed.taskId,
    title: seed.title,
    teamRef: seed.teamRef,
    status: "PENDING",
    labels: seed.labels,
    metadata: seed.metadata,
    createdBy: seed.createdBy,
    createdAt: at,
    updatedAt: at,
    headSeq: (seed.begins ?? 1) - 1,
    epoch: seed.epoch,
    ...(seed.forkedFrom && { forkedFrom: seed.forkedFrom }),
    ...(seed.ephemeral && { ephemeral: true }),
  };
}
