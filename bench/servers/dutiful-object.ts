import { DurableObject } from "cloudflare:workers";
import { type CallerEnv, callerOf } from "./caller";
import { Coalescer } from "./coalescer";
import { readModel } from "./model-text";
import { ACK, END, startOf } from "./relay";
import { FIND_TEAM, INSERT_MESSAGE, taskRows, UPDATE_MEMBERS, UPDATE_TASK } from "./statements";

type Env = CallerEnv & {
  ROOM: DurableObjectNamespace<DutifulRoom>;
  PERSON: DurableObjectNamespace<Person>;
  DB: D1Database;
  MODEL_URL: string;
};

/** Sockets of one person, as in Taskroom's rows. */
const DEVICES = 5;
const CHECK_MS = 15_000;
/** When D1 and people are told of a start: the model's first words come before. */
const NEWS_DELAY_MS = 100;
const TABLE = "CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, at INTEGER, body TEXT)";

const SESSIONS = "CREATE TABLE IF NOT EXISTS sessions (hash BLOB PRIMARY KEY, at INTEGER)";
const TOKEN_BYTES = 32;

/** A user's own object: it stores what it is told, and has the user's sessions. */
export class Person extends DurableObject<Env> {
  /** A token serves once: the session goes to who shows it, with another. */
  async resume(token: string): Promise<string> {
    const next = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))));
    const [old, fresh] = await Promise.all([hashOf(token), hashOf(next)]);
    const { sql } = this.ctx.storage;
    sql.exec(SESSIONS);
    sql.exec("DELETE FROM sessions WHERE hash = ?", old);
    sql.exec("INSERT INTO sessions (hash, at) VALUES (?, ?)", fresh, Date.now());
    return next;
  }

  hear(news: string): void {
    const { sql } = this.ctx.storage;
    sql.exec(TABLE);
    sql.exec("INSERT INTO log (at, body) VALUES (?, ?)", Date.now(), news);
  }
}

function hashOf(token: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
}

/**
 * The floor of the contract: an object that does what a room has to do in a turn, in that order, and
 * nothing else. A message is stored before it is acknowledged and a turn's start before the provider
 * is called; all sockets hear of both; the team is looked up; an alarm is set; text says where it
 * belongs; D1 and the members' own objects are told of the start and of the end. Who comes back is
 * identified and counted, the session is the user's object's to give, the log is read and the others
 * are told. Besides it checks nothing: no role, expiry, limit or schema, and it can neither stop nor retry.
 */
export class DutifulRoom extends DurableObject<Env> {
  readonly #sockets = new Set(this.ctx.getWebSockets());
  #text = "";

  override async fetch(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const session = query.get("session");
    const token = session === null ? undefined : await this.#person(0).resume(session);
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    if (token !== undefined) this.#welcomeBack(server, token, query);
    this.#sockets.add(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(ws: WebSocket, frame: string | ArrayBuffer): void {
    const start = startOf(String(frame));
    if (start) this.ctx.waitUntil(this.#turn(ws, start.prompt));
    else ws.send(ACK);
  }

  override webSocketClose(ws: WebSocket): void {
    this.#sockets.delete(ws);
    ws.close(1000, "closed");
  }

  override alarm(): void {}

  #welcomeBack(ws: WebSocket, token: string, query: URLSearchParams): void {
    const { sql } = this.ctx.storage;
    sql.exec(TABLE);
    const missed = sql.exec("SELECT seq, body FROM log WHERE seq > ?", Number(query.get("after")));
    const rows = missed.toArray();
    const headSeq = Number(rows.at(-1)?.seq ?? query.get("after"));
    ws.send(JSON.stringify({ type: "ready", token, headSeq }));
    for (const { body } of rows) ws.send(`{"type":"event","data":${body}}`);
    const offset = Number(query.get("offset"));
    const delta = this.#text.slice(offset);
    ws.send(JSON.stringify({ type: "chunk", data: { offset }, delta }));
    this.#tell(JSON.stringify({ type: "presence:joined", data: { at: Date.now() } }));
  }

  async #turn(ws: WebSocket, prompt: string): Promise<void> {
    const { DB, MODEL_URL } = this.env;
    const turnId = `turn_${crypto.randomUUID()}`;
    const messageId = `msg_${crypto.randomUUID()}`;
    this.#commit({ type: "chat:message", turnId, messageId, prompt });
    ws.send(ACK);
    await DB.prepare(FIND_TEAM).all();
    this.ctx.waitUntil(this.ctx.storage.setAlarm(Date.now() + CHECK_MS));
    this.#commit({ type: "chat:start", turnId, messageId, attempt: 1, model: "scripted" });
    const told = scheduler
      .wait(NEWS_DELAY_MS)
      .then(() =>
        this.#tellOthers("RUNNING", taskRows(DB, { id: turnId, title: prompt, user: prompt })),
      );
    this.#text = "";
    const coalescer = new Coalescer((delta) => {
      const ts = new Date().toISOString();
      const data = { turnId, messageId, attempt: 1, offset: this.#text.length };
      this.#tell(JSON.stringify({ type: "chunk", ts, data, delta }));
      this.#text += delta;
    });
    await readModel(MODEL_URL, prompt, (delta) => coalescer.push(delta));
    coalescer.flush();
    this.#commit({ type: "chat:done", turnId, messageId, text: this.#text });
    this.#tell(END);
    await told;
    const now = new Date().toISOString();
    await this.#tellOthers("COMPLETED", [
      DB.prepare(UPDATE_TASK).bind("COMPLETED", now, 4, turnId),
      DB.prepare(UPDATE_MEMBERS).bind("COMPLETED", turnId),
      DB.prepare(INSERT_MESSAGE).bind(messageId, turnId, 1, this.#text, now),
    ]);
  }

  /** Stored first; the platform holds frames back until it is. */
  #commit(event: Record<string, unknown>): void {
    const { sql } = this.ctx.storage;
    sql.exec(TABLE);
    sql.exec("INSERT INTO log (at, body) VALUES (?, ?)", Date.now(), JSON.stringify(event));
    this.#tell(JSON.stringify({ ts: new Date().toISOString(), data: event, type: event.type }));
  }

  #tell(frame: string): void {
    for (const socket of this.#sockets) socket.send(frame);
  }

  async #tellOthers(status: string, rows: D1PreparedStatement[]): Promise<void> {
    await this.env.DB.batch(rows);
    const people = Array.from({ length: Math.ceil(this.#sockets.size / DEVICES) });
    const news = JSON.stringify({ type: "task:status", status });
    await Promise.all(people.map((_, i) => this.#person(i).hear(news)));
  }

  #person(index: number): DurableObjectStub<Person> {
    return this.env.PERSON.getByName(`${this.ctx.id.name}-${index}`);
  }
}

export default {
  async fetch(request, env) {
    // Who comes for the first time, in the rows of streams, shows none.
    const authorization = request.headers.get("Authorization");
    if (authorization !== null) await callerOf(authorization, env);
    return env.ROOM.getByName(new URL(request.url).pathname).fetch(request);
  },
} satisfies ExportedHandler<Env>;
