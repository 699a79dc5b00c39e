import { setTimeout as wait } from "node:timers/promises";
import { isOpen } from "../../../src/engine/turn/transitions";
import { until } from "../../support/until";
import type { Random } from "../random";
import { FaultRoom, type RoomOptions } from "../room";
import { checkBeside } from "../settle";
import type { Stage } from "../stage";
import type { Watcher } from "../watcher";
import { Person } from "./person";
import { roundViolations } from "./round-invariants";
import { type Plan, Talk } from "./talk";
import { CLIENT_TOOLS, type ToolServers } from "./tool-servers";

type Options = RoomOptions & {
  /** Nobody answers what waits for a person, or for the client. */
  unattended?: boolean;
};

/** A room whose model asks for tools, and somebody there who allows calls and carries out the client's. */
export class ToolRoom {
  readonly room: FaultRoom;
  readonly talk: Talk;
  readonly person: Person;
  readonly #servers: ToolServers;

  private constructor(room: FaultRoom, servers: ToolServers, random: Random) {
    this.room = room;
    this.talk = new Talk(room.mark);
    this.person = new Person(room.client, random);
    this.#servers = servers;
    room.stage.converse(room.mark, (prompt) => this.talk.reply(prompt));
  }

  static async open(
    stage: Stage,
    random: Random,
    servers: ToolServers,
    { unattended = false, ...options }: Options = {},
  ): Promise<ToolRoom> {
    const task = (owner: FaultRoom["owner"]) => servers.team(owner);
    const room = await FaultRoom.open(stage, random, { watchers: 2, ...options, task });
    const opened = new ToolRoom(room, servers, random);
    if (!unattended) opened.person.attend();
    return opened;
  }

  /** Says something that the plan is done for; gives the turn's id. */
  async say(plan: Plan, patient = false): Promise<string> {
    this.talk.plans.push(plan);
    return (await this.room.send({ clientTools: CLIENT_TOOLS, patient })).turnId;
  }

  /** Has a turn that has failed, or was stopped, go on. */
  async retry(turnId: string): Promise<void> {
    const isTaken = async () => {
      await this.room.client.whenOpen();
      return (await this.room.client.ask("chat:retry", { turnId }))?.type === "ack";
    };
    await until(`${turnId} is tried again`, isTaken, this.room.stage.patienceMs);
  }

  /** Resolves once a turn that was heard of is closed; gives how. */
  async closed(turnId: string): Promise<string> {
    const told = () =>
      this.room.client.frames
        .heard()
        .findLast((event) => event.type === "turn:status" && event.data.turnId === turnId);
    const end = () => {
      const event = told();
      const status = event?.type === "turn:status" ? event.data.status : undefined;
      return status !== undefined && !isOpen(status) ? status : undefined;
    };
    return until(`${turnId} is closed`, end, this.room.stage.patienceMs);
  }

  async check(): Promise<string[]> {
    const { mark } = this.room;
    try {
      return await checkBeside(this.room, (evidence) => [
        ...roundViolations({
          ...evidence,
          plans: this.talk.plans,
          asked: this.#servers.asked.filter(({ of }) => of === mark),
        }),
        ...this.talk.complaints,
        ...this.person.complaints,
      ]);
    } finally {
      this.person.leave();
    }
  }
}

/** As a dead server leaves its clients. */
export async function killed(stage: Stage, rooms: ToolRoom[]): Promise<void> {
  await stage.server.killRuntime();
  const all: Watcher[] = rooms.flatMap(({ room }) => room.watchers);
  for (const watcher of all) watcher.cut();
  await wait(0);
}
