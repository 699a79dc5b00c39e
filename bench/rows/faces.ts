import { cellsFor } from "./one-turn";
import type { Row, Scale } from "./row";

/** What `useChat` waits for, beside the same route without a room. */
export function uiStreamRow(scale: Scale): Row {
  const full = scale === "full";
  return {
    id: "ui-stream",
    title: "Ten `useChat` clients over HTTP at 100 tokens a second",
    about:
      "From the provider's write to the client, by token, as the AI SDK's UI message stream. Beside it the chat route of the AI SDK's documentation in a Worker (`streamText().toUIMessageStreamResponse()`), which stores nothing, checks nobody and loses what a broken connection had not read.",
    cells: cellsFor(["ui-route", "taskroom"], {
      ...{ kind: "ui-stream", chats: 10, tokens: full ? 200 : 50, perSecond: 100 },
    }),
    figures: [
      { key: "p50", label: "p50", unit: "ms" },
      { key: "p99", label: "p99", unit: "ms" },
      { key: "asked", label: "provider asked", unit: "ms" },
      { key: "firstToken", label: "first token", unit: "ms" },
      { key: "cpuPerMillion", label: "CPU per million", unit: "s" },
    ],
    goals: [
      {
        says: "p50 ≤ 1.5 × the route",
        cell: "taskroom",
        figure: "p50",
        over: { cell: "ui-route" },
        most: 1.5,
      },
    ],
    warmUps: full ? 3 : 1,
  };
}
