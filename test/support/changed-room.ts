import { expect } from "vitest";
import * as z from "zod";
import { type Message, message } from "../../src/protocol/message";
import { turn as turnSchema } from "../../src/protocol/turn";
import { toldHistoryOf } from "./own-history";
import { call, newTask, RoomClient } from "./room-client";
import type { ScriptedModel } from "./scripted-model";

const page = z.object({ items: z.array(message), nextCursor: z.string().nullable() });
const ack = z.object({ messageId: z.string(), turnId: z.string(), duplicate: z.boolean() });
const answered = z.object({ turn: turnSchema });

/** A room whose conversation is changed, with one client in it. */
export class ChangedRoom {
  readonly taskId: string;
  readonly user: string;
  readonly client: RoomClient;
  readonly #model: ScriptedModel;

  private constructor(taskId: string, user: string, client: RoomClient, model: ScriptedModel) {
    this.taskId = taskId;
    this.user = user;
    this.client = client;
    this.#model = model;
  }

  static async make(user: string, model: ScriptedModel, body: object = {}): Promise<ChangedRoom> {
    return ChangedRoom.of(await newTask(user, body), user, model);
  }

  static async of(taskId: string, user: string, model: ScriptedModel): Promise<ChangedRoom> {
    return new ChangedRoom(taskId, user, await RoomClient.join(user, taskId), model);
  }

  /** What a command is acknowledged with; throws where it is refused. */
  async acked(type: string, data: object) {
    const reply = await this.client.ask(type, data);
    if (reply.type !== "ack") throw new Error(JSON.stringify(reply));
    return ack.parse(reply.data);
  }

  async refused(type: string, data: object): Promise<string | undefined> {
    const reply = await this.client.ask(type, data);
    return reply.error?.code;
  }

  /** Answers the attempt that is made next, and gives what its agent was told. */
  async answer(text: string, nth = this.#model.attempts.length + 1): Promise<string[]> {
    const attempt = await this.#model.attempt(nth);
    attempt.say(text);
    attempt.finish();
    const { turnId, context, input } = attempt.request;
    await this.client.frames.next(
      ({ type, data }) => type === "turn:status" && isEnd(data, turnId),
    );
    return [...context.map(({ content }) => content), input];
  }

  /** One exchange; the ids of its message and turn. */
  async say(content: string) {
    const nth = this.#model.attempts.length + 1;
    const sent = await this.acked("chat:send", { content });
    await this.answer(`about ${content}`, nth);
    return sent;
  }

  get shown(): string[] {
    return (this.client.frames.state?.messages ?? []).map(({ content }) => content);
  }

  /** All pages of REST. */
  async listed(query = "", limit = 50): Promise<Message[]> {
    let all: Message[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const at = cursor ? `&cursor=${cursor}` : "";
      const path = `/messages?taskId=${this.taskId}&limit=${limit}${query}${at}`;
      const response = await call(this.user, "GET", path);
      const { items, nextCursor } = page.parse(await response.json());
      all = [...items, ...all];
      cursor = nextCursor;
    }
    return all;
  }

  async post(path: string, body: object = {}) {
    const response = await call(this.user, "POST", `/tasks/${this.taskId}${path}`, body);
    return { status: response.status, body: await response.json() };
  }

  async turn(turnId: string) {
    const response = await call(this.user, "GET", `/tasks/${this.taskId}/turns/${turnId}`);
    return turnSchema.parse(await response.json());
  }

  /** What took the place of which message, as the database has it; waits until it has been told all. */
  async stored(): Promise<Record<string, string | null>> {
    await expect
      .poll(async () => Object(await (await call(this.user, "GET", this.#stats)).json()).outboxLag)
      .toBe(0);
    const database = await toldHistoryOf(this.taskId);
    const query = "SELECT content, superseded_by FROM messages WHERE task_id = ? ORDER BY seq";
    const { results } = await database
      .prepare(query)
      .bind(this.taskId)
      .all<{ content: string; superseded_by: string | null }>();
    return Object.fromEntries(results.map((row) => [row.content, row.superseded_by]));
  }

  get #stats(): string {
    return `/tasks/${this.taskId}/stats`;
  }
}

export function turnIn(body: unknown) {
  return answered.parse(body).turn;
}

function isEnd(data: unknown, turnId: string): boolean {
  const { turnId: of, status } = Object(data);
  return of === turnId && ["COMPLETED", "FAILED", "INTERRUPTED"].includes(status);
}
