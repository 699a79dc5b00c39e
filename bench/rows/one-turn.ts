import type { SystemName } from "../hosts/systems";
import type { Job } from "../load/main";
import type { Cell, Row, Scale } from "./row";

type WithoutTarget<T> = T extends Job ? Omit<T, "target"> : never;

/** One cell for each system, on the same job. */
export function cellsFor(systems: readonly SystemName[], work: WithoutTarget<Job>): Cell[] {
  return systems.map((system) => ({
    name: system,
    system,
    job: (target) => ({ ...work, target }) as Job,
  }));
}

const COUNTED: Row["figures"] = [
  { key: "rowsWritten", label: "rows written", unit: "" },
  { key: "rowsRead", label: "rows read", unit: "" },
  { key: "alarms", label: "alarms", unit: "" },
  { key: "frames", label: "frames", unit: "" },
  { key: "calls", label: "calls", unit: "" },
  { key: "userRowsWritten", label: "rows written in the user's room", unit: "" },
  { key: "d1Batches", label: "D1 batches", unit: "" },
  { key: "d1Statements", label: "D1 statements", unit: "" },
  { key: "d1RowsWritten", label: "D1 rows written", unit: "" },
];

/** What one long turn costs in what the platform charges for. */
export function costRow(scale: Scale): Row {
  const tokens = scale === "full" ? 2000 : 400;
  const cells = cellsFor(["taskroom-counted", "agents-counted"], {
    ...{ kind: "cost", tokens, perSecond: 100 },
  });
  const most = 15 + Math.ceil(tokens / 100 / 15);
  const ours = { cell: "taskroom-counted" };
  return {
    id: "cost",
    slow: true,
    title: `One turn of ${tokens.toLocaleString("en")} tokens: what is charged`,
    about:
      "Counted inside the objects and at D1, 100 tokens a second, one person; the alarm's own rows included. `frames` are socket messages to the object, `calls` its calls to users' rooms.",
    cells,
    figures: COUNTED,
    goals: [
      {
        says: "rows written ≤ 15 + one per 15 s",
        ...ours,
        figure: "rowsWritten",
        most,
      },
      { says: "at most two D1 batches", ...ours, figure: "d1Batches", most: 2 },
    ],
    warmUps: 0,
    rounds: 1,
  };
}

/** Rounds, and calls of tools in each. */
const TOOLS = { rounds: 5, calls: 2 };

/** The same of a turn in which the model has tools called before it answers. */
export function toolCostRow(): Row {
  const { rounds, calls } = TOOLS;
  const cells = cellsFor(["taskroom-counted", "agents-counted"], {
    ...{ kind: "cost", tokens: 100, perSecond: 100, rounds },
  });
  const ours = { cell: "taskroom-counted" };
  return {
    id: "cost-tools",
    slow: true,
    title: `One turn of ${rounds} rounds with ${calls} tools each: what is charged`,
    about:
      "Counted as above. Taskroom's tools are an MCP server's, those of `agents` functions in its object; Taskroom commits each round before its tools are called, and each result.",
    cells,
    figures: COUNTED,
    goals: [
      {
        says: "rows written ≤ 15 + 2 a round + 1 a result",
        ...ours,
        figure: "rowsWritten",
        most: 15 + 2 * rounds + rounds * calls,
      },
      { says: "at most two D1 batches", ...ours, figure: "d1Batches", most: 2 },
    ],
    warmUps: 0,
    rounds: 1,
  };
}
