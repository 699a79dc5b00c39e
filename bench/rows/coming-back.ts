import { cellsFor } from "./one-turn";
import type { Row, Scale } from "./row";

/** A lost connection, a long log, a long history, a sleeping room. */
export function comingBackRows(scale: Scale): Row[] {
  const full = scale === "full";
  return [
    {
      id: "reconnect",
      title: "Reconnect in mid-stream",
      about:
        "A client loses its connection for 300 ms during a stream at 100 tokens a second and comes back as its system has it; until it has all that was said before it came back. The object with a room's duties verifies the token, has the user's object hand the session over, and reads its log. `ws`, the bare object and partyserver have no such thing.",
      cells: cellsFor(["dutiful", "taskroom", "agents", "socket.io"], {
        ...{ kind: "reconnect", times: full ? 5 : 1 },
      }),
      figures: [{ key: "caughtUp", label: "caught up", unit: "ms" }],
      goals: ["agents", "socket.io"].map((cell) => ({
        says: `ahead of ${cell}`,
        cell: "taskroom",
        figure: "caughtUp",
        over: { cell },
        most: 1,
      })),
      warmUps: 1,
    },
    {
      id: "replay",
      title: `Replay of a ${full ? "10,000" : "500"}-event task`,
      about:
        "All events of a task to a client that has none; socket.io: as many missed packets of a room, from the server's memory. The others keep no events.",
      cells: cellsFor(["taskroom", "socket.io"], {
        ...{ kind: "replay", events: full ? 10_000 : 500 },
      }),
      figures: [{ key: "replay", label: "caught up", unit: "ms" }],
      goals: [
        {
          says: "ahead of socket.io",
          cell: "taskroom",
          figure: "replay",
          over: { cell: "socket.io" },
          most: 1,
        },
      ],
      warmUps: 1,
    },
    {
      id: "history",
      title: "A history page of a long task",
      about:
        "Fifty messages over REST, the newest and such as are in D1 alone. The peers keep no pages: AIChatAgent loads all its messages at once.",
      cells: [4000, full ? 100_000 : 8000].flatMap((messages) =>
        cellsFor(["taskroom-counted"], {
          kind: "history",
          messages,
          pages: 10,
        }).map((cell) => ({
          ...cell,
          name: `${cell.name} ${messages.toLocaleString("en")}`,
        })),
      ),
      figures: [
        { key: "newest", label: "newest page", unit: "ms" },
        { key: "older", label: "older page", unit: "ms" },
        { key: "olderWorst", label: "older page, p95", unit: "ms" },
      ],
      goals: [],
      warmUps: 1,
    },
    {
      id: "wake",
      slow: true,
      title: "Wake after hibernation",
      about:
        "From a frame to its acknowledgement in a room that has slept, and in the same room awake. Taskroom and the object with a room's duties acknowledge a message once it is stored; the bare object stores nothing.",
      cells: cellsFor(["bare", "dutiful", "taskroom"], { kind: "wake", rooms: full ? 8 : 5 }),
      figures: [
        { key: "wake", label: "asleep", unit: "ms" },
        { key: "wakeWorst", label: "asleep, p95", unit: "ms" },
        { key: "awake", label: "awake", unit: "ms" },
      ],
      goals: [
        {
          says: "≤ bare object + 5 ms",
          cell: "taskroom",
          figure: "wake",
          over: { cell: "bare" },
          plus: 5,
        },
      ],
      warmUps: 0,
    },
  ];
}
