import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { type FixtureTool, type McpServer, startMcpServer } from "../../support/mcp-server";
import { until } from "../../support/until";
import type { FaultUser } from "../fault-user";

/** `look` changes nothing, `stamp` may be repeated by its own word, `push` by the ghost's. */
const HARMLESS = ["look", "stamp", "push"];
/** `pay` may not, `sign` is asked for, `open` is the client's. */
export const TOOLS = ["look", "stamp", "push", "pay", "sign", "open"] as const;
export type ToolName = (typeof TOOLS)[number];
export const mayRepeat = (name: string) => HARMLESS.includes(name);

export const CLIENT_TOOLS = [{ name: "open", inputSchema: { type: "object" } }];

/** One call that a server was asked for. */
export type Asked = { key: string; name: string; of: string; at: number };

const args = z.looseObject({ of: z.string() });
const meta = z.looseObject({ "taskroom/idempotencyKey": z.string() });
const PAUSE_MS = 15;

/** Servers of tools that have an effect each time they are asked, and note it. */
export class ToolServers {
  readonly asked: Asked[] = [];
  readonly #servers: McpServer[];
  /** The tool hangs of which so many more calls are let through. */
  #hangsAfter = Number.POSITIVE_INFINITY;
  #hanging: string | undefined;
  isSlowMs = 0;

  private constructor(servers: (self: () => ToolServers) => McpServer[]) {
    this.#servers = servers(() => this);
  }

  static async start(): Promise<ToolServers> {
    let self: ToolServers | undefined;
    const tool = (name: ToolName, annotations = {}): FixtureTool => ({
      name,
      annotations,
      call: (input, _, about) => self?.serve(name, args.parse(input).of, about) ?? "hang",
    });
    const [desk, again] = await Promise.all([
      startMcpServer([
        tool("look", { readOnlyHint: true }),
        tool("stamp", { idempotentHint: true }),
        tool("pay"),
        tool("sign"),
      ]),
      startMcpServer([tool("push")]),
    ]);
    self = new ToolServers(() => [desk, again]);
    return self;
  }

  /** A solo team whose bot has these tools; gives what a task needs of it. */
  async team(owner: FaultUser): Promise<object> {
    const [desk, again] = this.#servers.map(({ url }) => url);
    const ref = `${owner.name}/tools`;
    const mcpServers = {
      desk: { url: desk, approval: { tools: ["sign"] } },
      again: { url: again, onLost: "repeat" },
    };
    await owner.make("ghosts", "tools", { systemPrompt: "Do it.", mcpServers });
    await owner.make("bots", "tools", { ghostRef: ref });
    const members = [{ role: "assistant", botRef: ref }];
    await owner.make("teams", "tools", { collaboration: "solo", members });
    return { teamRef: ref };
  }

  /** Has one call hang, once so many others came. */
  hang(after: number): void {
    this.#hangsAfter = after;
    this.#hanging = undefined;
  }

  /** The mark of the room whose call hangs; nothing where none came within the time. */
  hanging(withinMs: number): Promise<string | undefined> {
    return until("a call hangs", () => this.#hanging, withinMs).catch(() => undefined);
  }

  async serve(name: ToolName, of: string, about: unknown) {
    const key = meta.parse(about)["taskroom/idempotencyKey"];
    this.asked.push({ key, name, of, at: Date.now() });
    if (this.#hangsAfter-- === 0) {
      this.#hangsAfter = Number.POSITIVE_INFINITY;
      this.#hanging = of;
      return "hang" as const;
    }
    await wait(this.isSlowMs || PAUSE_MS * Math.random());
    return { text: `${of} ${name} is done` };
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}
