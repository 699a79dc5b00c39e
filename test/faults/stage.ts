import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { TEST_BUILD } from "../support/bundles";
import { type Code, DevServer, type DevServerOptions } from "../support/dev-server";
import { answer, type Script } from "../support/model-script";
import { type ModelRequest, type ModelServer, startModelServer } from "../support/model-server";
import {
  type AgentAction,
  type AgentRequest,
  type AgentScript,
  json,
  type RemoteAgent,
  startRemoteAgent,
} from "../support/remote-agent";
import { until } from "../support/until";
import { MARK } from "./observed-frames";

/** Longer than anybody here waits: a turn that only its limit ends has been left behind. */
export const TURN_LIMIT_MS = 120_000;
/** Milliseconds before a failed attempt's successor. */
export const RETRY_INITIAL_MS = 60;
/** Milliseconds that a client's tool is waited for. */
export const CLIENT_TOOL_MS = 6000;
const WORDS = ["one ", "two 👩‍🚀 ", "three 漢字 ", "four\n", "five 🎉 "];

/** A mark's own scripts and every whole answer that was given to it. */
type Part = {
  scripts: Script[];
  agentScripts: AgentScript[];
  reply?: Reply;
  act?: Act;
  answers: string[];
  served: number;
};

export type Prompt = NonNullable<ModelRequest["body"]["messages"]>;
/** What a model says to what it is asked, and the whole answer that this makes once it is kept. */
export type Reply = (prompt: Prompt) => { script: Script; answer?: string };

/** What a remote agent does with a request, where it looks at it. */
export type Act = (request: AgentRequest) => Iterable<AgentAction>;

type StageOptions = Pick<DevServerOptions, "config" | "bundle" | "vars"> & { patienceMs?: number };

/** One server with everything around it that misbehaves. */
export class Stage {
  readonly server: DevServer;
  readonly model: ModelServer;
  readonly agent: RemoteAgent;
  /** What the server runs, but for plays that change it. */
  readonly code: Code;
  /** Milliseconds that a scenario waits for what must come. */
  readonly patienceMs: number;
  readonly #parts = new Map<string, Part>();
  #marks = 0;

  private constructor(
    server: DevServer,
    model: ModelServer,
    agent: RemoteAgent,
    { patienceMs = 120_000, config = TEST_BUILD, bundle }: StageOptions,
  ) {
    this.server = server;
    this.code = { config, ...(bundle !== undefined && { bundle }) };
    this.model = model;
    this.agent = agent;
    this.patienceMs = patienceMs;
    model.respond(({ body: { messages = [] } }) =>
      this.#serve(markOf(JSON.stringify(messages)), messages),
    );
    agent.respond((request) => this.#serveAgent(markOf(request.body.input), request));
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const { patienceMs, vars, ...code } = options;
    const [model, agent] = await Promise.all([startModelServer(), startRemoteAgent()]);
    const server = await DevServer.start({
      config: TEST_BUILD,
      ...code,
      vars: {
        DEFAULT_MODEL_BASE_URL: model.url,
        DEFAULT_MODEL: "m-1",
        ALLOW_PRIVATE_TARGETS: "true",
        SECRETS_KEY: randomBytes(32).toString("base64"),
        MODEL_FIRST_BYTE_TIMEOUT_MS: "1000",
        MODEL_STALL_TIMEOUT_MS: "1000",
        RETRY_INITIAL_MS: String(RETRY_INITIAL_MS),
        WEBHOOK_RETRY_INITIAL_MS: "200",
        TURN_TIMEOUT_MS: String(TURN_LIMIT_MS),
        SESSIONS_PER_USER: "1000",
        CLIENT_TOOL_TIMEOUT_MS: String(CLIENT_TOOL_MS),
        ...vars,
      },
    });
    return new Stage(server, model, agent, options);
  }

  async close(): Promise<void> {
    await this.server.stop();
    await Promise.all([this.model.close(), this.agent.close()]);
  }

  newMark(): string {
    const mark = `[[r${++this.#marks}]]`;
    this.#parts.set(mark, { scripts: [], agentScripts: [], answers: [], served: 0 });
    return mark;
  }

  /** What the model does with a room's next calls, one script each; after them it is well. */
  script(mark: string, ...scripts: Script[]): void {
    this.#part(mark).scripts.push(...scripts);
  }

  /** What the model says in a room whenever no script is left. */
  converse(mark: string, reply: Reply): void {
    this.#part(mark).reply = reply;
  }

  scriptAgent(mark: string, ...scripts: AgentScript[]): void {
    this.#part(mark).agentScripts.push(...scripts);
  }

  /** Has the agent judge for itself what it does in a room; `answer` is what that comes to. */
  actAgent(mark: string, act: Act, answer: string): void {
    const part = this.#part(mark);
    part.act = act;
    part.answers.push(answer);
  }

  /** Every whole answer that the room was given. */
  answers(mark: string): string[] {
    return this.#part(mark).answers;
  }

  /** Turns a knob of the test build; gives what it says of itself. */
  async turn(knob: string, values: Record<string, string | number> = {}): Promise<unknown> {
    const query = new URLSearchParams(
      Object.entries(values).map(([name, value]) => [name, String(value)]),
    );
    const url = `${this.server.url}/test/${knob}?${query}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(this.patienceMs) });
    return response.ok ? response.json() : undefined;
  }

  /**
   * Has the runtime stand still where it next comes to a point. Rooms that recover may bring it there
   * before it can answer.
   */
  async freezeAt(values: { point: string; nth: number }): Promise<void> {
    let isArmed = false;
    const arming = this.turn("fault", values).finally(() => {
      isArmed = true;
    });
    arming.catch(() => undefined);
    const isDone = async () => isArmed || (await this.#isFrozen());
    await until(`it is to stand still at ${values.point}`, isDone, this.patienceMs);
  }

  /** Waits until the runtime stands still; false where it does not within the time. */
  async standsStill(withinMs: number): Promise<boolean> {
    try {
      await until("the runtime stands still", () => this.#isFrozen(), withinMs);
      return true;
    } catch {
      return false;
    }
  }

  /** Resident memory of the runtime that holds the rooms, in bytes. */
  memory(): number {
    const status = readFileSync(`/proc/${this.server.runtime().pid}/status`, "utf8");
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  }

  async #isFrozen(): Promise<boolean> {
    try {
      await fetch(`${this.server.url}/test/alive`, { signal: AbortSignal.timeout(500) });
      return false;
    } catch {
      return true;
    }
  }

  #serve(mark: string, prompt: Prompt): Script {
    const part = this.#part(mark);
    if (part.reply && part.scripts.length === 0) {
      const { script, answer: whole } = part.reply(prompt);
      if (whole !== undefined) part.answers.push(whole);
      return script;
    }
    const script = part.scripts.shift() ?? this.#goodAnswer(mark, ++part.served);
    if (script.some((action) => action.do === "finish")) part.answers.push(textOf(script));
    return script;
  }

  #serveAgent(mark: string, request: AgentRequest): Iterable<AgentAction> {
    const part = this.#part(mark);
    if (part.act) return part.act(request);
    const output = `${mark} done ${++part.served}`;
    const script = part.agentScripts.shift() ?? json({ output });
    part.answers.push(...outputsOf(script));
    return script;
  }

  #goodAnswer(mark: string, n: number): Script {
    return answer(`${mark} `, `answer ${n}: `, ...WORDS.slice(0, 2 + (n % 4)));
  }

  #part(mark: string): Part {
    const part = this.#parts.get(mark);
    if (!part) throw new Error(`No room has the mark ${mark}.`);
    return part;
  }
}

function markOf(text: string): string {
  const mark = text.match(MARK)?.at(-1);
  if (mark === undefined) throw new Error(`A model was asked for no room's answer: ${text}`);
  return mark;
}

function textOf(script: Script): string {
  return script
    .map((action) => (action.do === "delta" ? String(action.delta.content ?? "") : ""))
    .join("");
}

/** What an agent says while it works is its message; one that says nothing has its result for it. */
function outputsOf(script: AgentScript): string[] {
  const spoken = script.flatMap((action) => fieldOf(action, "delta")).join("");
  return spoken === "" ? script.flatMap((action) => fieldOf(action, "output")) : [spoken];
}

function fieldOf(action: AgentAction, name: "delta" | "output"): string[] {
  const body = action.do === "json" ? action.body : action.do === "event" ? action.data : null;
  const found = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return typeof found === "string" ? [found] : [];
}
