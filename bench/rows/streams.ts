import { SYSTEMS, type SystemName } from "../hosts/systems";
import type { StreamJob } from "../load/jobs/stream";
import type { Cell, Figure, Goal, Row, Scale } from "./row";

type Work = Omit<StreamJob, "kind" | "target">;

const LATENCY: Figure[] = [
  { key: "p50", label: "p50", unit: "ms" },
  { key: "p99", label: "p99", unit: "ms" },
];
const FIRST: Figure = { key: "firstToken", label: "first token", unit: "ms" };
const ASKED: Figure = { key: "asked", label: "provider asked", unit: "ms" };
const CPU: Figure = { key: "cpuPerMillion", label: "CPU per million", unit: "s" };
const RATE: Figure = { key: "perSecond", label: "tokens × clients", unit: "/s", more: true };

export function cellsOf(systems: readonly SystemName[], work: Work): Cell[] {
  return systems.map((system) => ({
    name: system,
    system,
    job: (target) => ({ kind: "stream", target, ...work }),
  }));
}

/** 50 clients, one stream, at three speeds. */
export function streamRows(scale: Scale): Row[] {
  const full = scale === "full";
  const seconds = full ? 2 : 0.5;
  const warmUps = full ? 3 : 1;
  const systems = full ? SYSTEMS : SYSTEMS.filter((name) => name !== "taskroom-dev");
  const fifty = { rooms: 1, clients: 50 };
  return [
    {
      id: "stream-100",
      title: "50 clients, one stream at 100 tokens a second",
      about:
        "From the provider's write to the client, by token. First token: from the frame that asks to the first text, less what the provider took; provider asked: of that, until it had the request.",
      cells: cellsOf(systems, { ...fifty, tokens: seconds * 100, perSecond: 100 }),
      figures: [...LATENCY, ASKED, FIRST, CPU],
      goals: GOALS_100,
      warmUps,
    },
    {
      id: "stream-long",
      title: "50 clients, one stream at 100 tokens a second for ten seconds",
      about:
        "What a turn costs besides its text weighs less the longer it is: a chat model's answer takes about so long.",
      cells: cellsOf(["bare", "bare-again", "agents", "taskroom"], {
        ...fifty,
        tokens: full ? 1000 : 200,
        perSecond: 100,
      }),
      figures: [...LATENCY, CPU],
      goals: GOALS_100.filter(({ figure }) => figure === "cpuPerMillion"),
      warmUps: 1,
      rounds: 5,
      slow: true,
    },
    {
      id: "stream-1000",
      title: "50 clients, one stream at 1,000 tokens a second",
      about: "The same, ten times as fast.",
      cells: cellsOf(systems, { ...fifty, tokens: seconds * 500, perSecond: 1000 }),
      figures: [...LATENCY, ASKED, FIRST, CPU],
      goals: GOALS_1000,
      warmUps,
    },
    {
      id: "stream-max",
      title: "50 clients, one stream as fast as the provider can",
      about: "The provider writes whenever it is read. Latency here is only how far it got ahead.",
      cells: cellsOf(systems, { ...fifty, tokens: full ? 5000 : 1500 }),
      figures: [RATE, CPU],
      goals: GOALS_MAX,
      warmUps,
    },
  ];
}

const ours = { cell: "taskroom" };
const GOALS_100: Goal[] = [
  { says: "p50 ≤ 1.5 × bare object", ...ours, figure: "p50", over: { cell: "bare" }, most: 1.5 },
  { says: "p99 below agents", ...ours, figure: "p99", over: { cell: "agents" }, most: 1 },
  { says: "p99 below partyserver", ...ours, figure: "p99", over: { cell: "partyserver" }, most: 1 },
  {
    says: "first token ≤ bare object + 2 ms",
    ...ours,
    figure: "firstToken",
    over: { cell: "bare" },
    plus: 2,
  },
  {
    says: "CPU ≤ 1.3 × bare object",
    ...ours,
    figure: "cpuPerMillion",
    over: { cell: "bare" },
    most: 1.3,
  },
];

const GOALS_1000: Goal[] = [
  { says: "p99 ≤ 20 ms", ...ours, figure: "p99", most: 20 },
  {
    says: "CPU ≤ 0.4 × bare object",
    ...ours,
    figure: "cpuPerMillion",
    over: { cell: "bare" },
    most: 0.4,
  },
];

const GOALS_MAX: Goal[] = [
  atLeast(3, "socket.io"),
  atLeast(3, "ws"),
  atLeast(4, "bare"),
  atLeast(6, "agents"),
  atLeast(0.85, "bare-coalesced"),
];

function atLeast(least: number, cell: SystemName): Goal {
  return { says: `≥ ${least} × ${cell}`, ...ours, figure: "perSecond", over: { cell }, least };
}
