import { A2A } from "./a2a/face";
import { AG_UI } from "./ag-ui/face";
import { AI_SDK } from "./ai-sdk/face";
import { MCP } from "./mcp/face";
import { OPENAI } from "./openai";
import type { Face } from "./operation";
import { REST } from "./rest";
import { STREAMS } from "./streams/face";

/** Every protocol that the service speaks; each is served and described, or it does not compile. */
export const FACES = {
  rest: REST,
  openai: OPENAI,
  aiSdk: AI_SDK,
  a2a: A2A,
  mcp: MCP,
  agUi: AG_UI,
  streams: STREAMS,
} as const satisfies Record<string, Face>;
