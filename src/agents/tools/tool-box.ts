import type { JsonObject, JsonValue } from "../../protocol/json";
import type { AgentConfig } from "../../resources/agent";
import type { OfferedFile } from "../files/made-files";

/** What a tool's server says of it; not to be trusted further than the server is. */
export type ToolAnnotations = {
  readOnlyHint?: boolean;
  idempotentHint?: boolean;
  destructiveHint?: boolean;
};

type ServerRules = AgentConfig["mcpServers"][string];

/** The ghost's rules for the server that a tool is of. */
export type ToolRules = Pick<ServerRules, "approval" | "onLost" | "timeoutMs">;

/** A tool as a model is offered it. */
export type Tool = {
  name: string;
  description?: string;
  inputSchema: JsonObject;
  annotations: ToolAnnotations;
  /**
   * The server's name in the ghost, the tool's own name there, and the ghost's rules for it; nothing where
   * the sender of the turn's message carries the tool out.
   */
  server?: { name: string; tool: string; rules: ToolRules };
};

/** What a call gave: text for the model, or why it gave nothing; both are safe to show. */
export type ToolOutcome = { output: string } | { error: string };

/** The same with the files that came with it. */
export type ToolGave = { output: string; files?: OfferedFile[] } | { error: string };

export type ToolProgress = { progress?: number; total?: number; message?: string };

export type CallOptions = {
  /** The same for every attempt at this very call, and for no other call. */
  key: string;
  signal: AbortSignal;
  onProgress(progress: ToolProgress): void;
};

/** How somebody who refused a list of tools named one of them. */
export type NamedTool = { index?: number; name?: string };

/** Tools of one request: more are refused by several providers, and the whole request with them. */
export const MOST_TOOLS = 128;

/** The tools that a model is offered in one attempt. */
export type ToolBox = {
  readonly tools: readonly Tool[];
  /** Tokens of the model's window that the tools take or may take. */
  readonly tokens: number;
  /** Never rejects. */
  call(name: string, input: JsonValue, options: CallOptions): Promise<ToolGave>;
  /** Takes a tool out of the list, if there is such a one, and gives it. */
  leaveOut(named: NamedTool): Tool | undefined;
  close(): void;
};
