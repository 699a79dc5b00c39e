import { namespace, resourceName } from "../../protocol/refs";
import type { Face } from "../operation";
import { agentId, BOUNDS, connectInput, runInput, stopInput, threadId } from "./run-input";

const tag = "AG-UI";
const { bodyBytes } = BOUNDS;
const run = { tag, method: "post", bodyBytes, status: 200, media: "text/event-stream" } as const;

/** AG-UI 1.0 for `HttpAgent`, and the routes of CopilotKit's client. */
export const AG_UI = {
  below: ["/ag-ui", "/copilotkit"],
  via: "ag-ui",
  groups: {
    agents: {
      run: {
        ...run,
        id: "agUiRun",
        path: "/ag-ui/{namespace}/{team}",
        params: { namespace, team: resourceName },
        summary: "Send the last message, or answers, and read the turn",
        scope: "write",
        body: runInput,
      },
    },
    copilotKit: {
      // Before the others: a thread may be called `run`.
      stop: {
        tag,
        id: "copilotKitStop",
        method: "post",
        path: "/copilotkit/agent/{+agentId}/stop/{threadId}",
        params: { agentId, threadId },
        summary: "Stop a thread's open turn",
        scope: "write",
        body: stopInput,
        status: 200,
      },
      run: {
        ...run,
        id: "copilotKitRun",
        path: "/copilotkit/agent/{+agentId}/run",
        params: { agentId },
        summary: "Send the last message, or answers, and read the turn (CopilotKit)",
        scope: "write",
        body: runInput,
      },
      connect: {
        ...run,
        id: "copilotKitConnect",
        path: "/copilotkit/agent/{+agentId}/connect",
        params: { agentId },
        summary: "Read a thread's messages and its open turn",
        scope: "read",
        body: connectInput,
      },
      info: {
        tag,
        id: "copilotKitInfo",
        method: "get",
        path: "/copilotkit/info",
        summary: "List the teams as CopilotKit's client knows agents",
        scope: "read",
        status: 200,
      },
    },
  },
} as const satisfies Face;
