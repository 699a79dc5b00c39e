import * as z from "zod";
import { restoredState } from "../../../engine/fold/restore";
import type { Change } from "../../../engine/turn/draft";
import { type Room, roundsFrom, type TurnRecord } from "../../../engine/turn/room";
import type { Message } from "../../../protocol/message";
import type { Turn } from "../../../protocol/turn";
import type { TeamPlan } from "../../../resources/team-plan";
import { migrate, stepsDone } from "../../storage-steps";
import { type ClientKey, ClientKeys, type ClientReply } from "./client-keys";
import type { Commit } from "./commit";
import { Cursors } from "./cursors";
import { EventLog } from "./event-log";
import { FileTable } from "./file-table";
import { MessageTable } from "./message-table";
import { PartTable } from "./part-table";
import { Retention } from "./retention";
import { ROOM_STEPS } from "./schema";
import { bodyRows, readJson, type StoredRoom, storedPlan, storedRoom } from "./stored";
import { ToolValues } from "./tool-values";
import { TurnTable } from "./turn-table";
import { Unreached } from "./unreached";

const planRows = z.array(z.object({ id: z.int(), body: z.string() }));

export type Answered = { key: ClientKey; reply: ClientReply };

/** A room's rows: what a commit writes, and what a new instance starts from. */
export class RoomStore {
  readonly log: EventLog;
  readonly messages: MessageTable;
  readonly turns: TurnTable;
  readonly clientKeys: ClientKeys;
  readonly retention: Retention;
  readonly cursors: Cursors;
  readonly unreached: Unreached;
  readonly toolValues: ToolValues;
  readonly parts: PartTable;
  readonly files: FileTable;
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  #roomBody = "";
  /** What a later version keeps of a room beside what this one knows. */
  #later: object = {};
  #planIds = new Set<number>();
  #historyName: string | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.log = new EventLog(this.#sql);
    this.messages = new MessageTable(this.#sql);
    this.turns = new TurnTable(this.#sql);
    this.clientKeys = new ClientKeys(this.#sql);
    this.retention = new Retention(this.#sql);
    this.cursors = new Cursors(this.#sql, () => this.#historyName !== undefined);
    this.unreached = new Unreached(this.#sql);
    this.toolValues = new ToolValues(this.#sql);
    this.parts = new PartTable(this.#sql);
    this.files = new FileTable(this.#sql);
  }

  /** The room as it was last committed; nothing where no task was created. Creates no tables. */
  load(): { room: Room; deletedAt: number | undefined } | undefined {
    this.#roomBody = "";
    this.#later = {};
    this.#planIds.clear();
    this.#historyName = undefined;
    const done = stepsDone(this.#sql);
    if (done === undefined) return undefined;
    migrate(this.#storage, ROOM_STEPS, done);
    const [row] = bodyRows.parse(this.#sql.exec("SELECT body FROM room").toArray());
    if (!row) return undefined;
    this.#roomBody = row.body;
    const stored = readJson(storedRoom, row.body);
    this.#later = laterOf(stored);
    this.#historyName = stored.history;
    const { deletedAt } = stored;
    return { room: this.#roomOf(stored), deletedAt };
  }

  /** One transaction: everything that a change says, or nothing. */
  commit(before: Room | undefined, change: Change, now: number, answers: Answered[]): Commit {
    const { events, room } = change;
    const texts = events.map((event) => JSON.stringify(event));
    this.#storage.transactionSync(() => {
      if (!before) this.#begin(room);
      this.log.append(events, now, texts);
      this.messages.apply(change.events);
      for (const message of change.older) this.messages.keep(message);
      this.#putPlans(change.room);
      for (const record of changedTurns(before, change)) this.turns.put(record);
      for (const result of change.results) this.turns.putResult(result);
      for (const value of change.values) this.toolValues.put(value);
      for (const part of change.parts) this.parts.put(part);
      for (const file of change.files) this.files.put(file);
      for (const rounds of change.rounds) this.toolValues.putRounds(rounds);
      this.#putRoom(storedForm(change.room));
      for (const { key, reply } of answers) this.clientKeys.put(key, reply, now);
    });
    if (change.closed.length > 0) this.retention.noteClosed(now);
    return { events, texts, room };
  }

  /** A log that begins later than with 1 has nothing before it to be told, and no message to be read here. */
  #begin({ begins }: Room): void {
    migrate(this.#storage, ROOM_STEPS);
    if (begins === undefined) return;
    this.cursors.put("all", begins - 1);
    this.retention.putMessagesFrom(begins);
  }

  /** Takes back what the database has kept of messages that stand: from this `seq` on the room has them all. */
  readBack(messages: readonly Message[], fromSeq: number): void {
    this.#storage.transactionSync(() => {
      this.messages.readBack(messages);
      this.retention.putMessagesFrom(fromSeq);
    });
  }

  /** The database that has the task's history: empty until it is chosen, nothing where it is the control database. */
  get historyName(): string | undefined {
    return this.#historyName;
  }

  /** Before the room's first commit this is kept with it. */
  putHistoryName(name: string | undefined): void {
    this.#historyName = name;
    if (this.#roomBody === "") return;
    this.#putBody({ ...readJson(z.looseObject({}), this.#roomBody), history: name });
  }

  /** The answers of a turn that stand, with those that the database alone may have. */
  answersOf({ id, steps, firstSeq = 0 }: Turn): string[] {
    const kept = this.messages.answersOf([id], firstSeq);
    if (this.retention.messagesFrom() <= firstSeq) return kept;
    const spoken = steps.flatMap(({ messageId }) => messageId ?? []);
    return [...kept, ...spoken.filter((messageId) => !this.messages.get(messageId))];
  }

  /** From here on the task is gone for everybody; its rows follow. */
  putTombstone(room: Room, deletedAt: number): void {
    this.#putRoom({ ...storedForm(room), deletedAt });
  }

  plan(planId: number): TeamPlan | undefined {
    const query = "SELECT body FROM plans WHERE id = ?";
    const [row] = bodyRows.parse(this.#sql.exec(query, planId).toArray());
    return row && readJson(storedPlan, row.body);
  }

  /** When the first event was committed that somebody has not been told; milliseconds since 1970, or infinity. */
  untoldSince(): number {
    return this.log.timeAfter(this.cursors.toldThrough()) ?? Number.POSITIVE_INFINITY;
  }

  #roomOf(stored: StoredRoom): Room {
    const records = stored.openTurnIds.flatMap((id) => this.turns.get(id) ?? []);
    const plans = this.#loadPlans();
    const headSeq = this.log.bounds().last;
    const turns = records.map(({ turn }) => turn);
    const runs = Object.fromEntries(records.map(({ turn, run }) => [turn.id, run]));
    const from = roundsFrom(runs);
    const events = from === undefined ? [] : [...this.log.after(from - 1)].flat();
    return {
      state: restoredState(stored.task, headSeq, turns, events),
      members: stored.members,
      since: stored.since,
      left: stored.left,
      ...ofCreation(stored),
      runs,
      plans,
      planId: stored.planId,
    };
  }

  #loadPlans(): Record<number, TeamPlan> {
    const rows = planRows.parse(this.#sql.exec("SELECT id, body FROM plans").toArray());
    this.#planIds = new Set(rows.map(({ id }) => id));
    return Object.fromEntries(rows.map(({ id, body }) => [id, readJson(storedPlan, body)]));
  }

  #putPlans({ plans }: Room): void {
    for (const [key, plan] of Object.entries(plans)) {
      const id = Number(key);
      if (this.#planIds.has(id)) continue;
      this.#sql.exec("INSERT INTO plans (id, body) VALUES (?, ?)", id, JSON.stringify(plan));
      this.#planIds.add(id);
    }
  }

  #putRoom(stored: StoredRoom): void {
    const history = this.#historyName === undefined ? {} : { history: this.#historyName };
    this.#putBody({ ...this.#later, ...stored, ...history });
  }

  #putBody(stored: object): void {
    const body = JSON.stringify(stored);
    if (body === this.#roomBody) return;
    this.#sql.exec("INSERT OR REPLACE INTO room (id, body) VALUES (1, ?)", body);
    this.#roomBody = body;
  }
}

function laterOf(stored: StoredRoom): object {
  const { task, members, since, left, openTurnIds, deletedAt, ...rest } = stored;
  const { key, importedThrough, begins, copying, planId, history, ...later } = rest;
  return later;
}

/** What a task has or has not from the beginning. */
function ofCreation({ key, importedThrough, begins, copying }: Room | StoredRoom) {
  return {
    ...(key !== undefined && { key }),
    ...(importedThrough !== undefined && { importedThrough }),
    ...(begins !== undefined && { begins }),
    ...(copying && { copying }),
  };
}

function storedForm(room: Room): StoredRoom {
  const { state, members, since, left = {}, planId } = room;
  const { headSeq, activeTurnId, progress, waitingFor, ...task } = state.task;
  const atRest = activeTurnId === undefined && progress !== undefined ? { progress } : {};
  const openTurnIds = state.openTurns.map((turn) => turn.id);
  const kept = { members, since, left, ...ofCreation(room), planId, openTurnIds };
  return { task: { ...task, ...atRest }, ...kept };
}

/** Turns that a change made or altered; the engine shares what it left alone. */
function changedTurns(before: Room | undefined, { room, closed }: Change): TurnRecord[] {
  const old = new Map(before?.state.openTurns.map((turn) => [turn.id, turn]));
  const open = room.state.openTurns.flatMap((turn) => {
    const run = room.runs[turn.id];
    const same = old.get(turn.id) === turn && before?.runs[turn.id] === run;
    return same || !run ? [] : [{ turn, run }];
  });
  return [...closed, ...open];
}
