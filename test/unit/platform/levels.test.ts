import { describe, expect, it } from "vitest";
import {
  databaseIn,
  databaseKey,
  knownLevels,
  levelsOf,
  sumOfLevels,
} from "../../../src/platform/levels";

const WORKING = 'taskroom_turns_open{state="working"}';

describe("levels", () => {
  it("are by series, and those that are nothing are left out", () => {
    expect(
      levelsOf([
        { level: "taskroom_turns_open", labels: { state: "working" }, value: 2 },
        { level: "taskroom_turns_open", labels: { state: "queued" }, value: 0 },
        { level: "taskroom_sessions_connected", labels: {}, value: 1 },
      ]),
    ).toEqual({ [WORKING]: 2, "taskroom_sessions_connected{}": 1 });
  });

  it("of another version, or of names that nobody gave a database, are let go", () => {
    const database = databaseKey("HISTORY_2");
    expect(databaseIn(database)).toBe("HISTORY_2");
    expect(
      knownLevels({
        [WORKING]: 1,
        [database]: 0.5,
        'taskroom_turns_open{state="dreaming"}': 1,
        'taskroom_history_full_ratio{shard="x\\"} 1"}': 1,
        "made_up{}": 4,
      }),
    ).toEqual({ [WORKING]: 1, [database]: 0.5 });
  });

  it("of several objects are added up", () => {
    expect(sumOfLevels([{ [WORKING]: 1 }, {}, { [WORKING]: 2, a: 1 }])).toEqual({
      [WORKING]: 3,
      a: 1,
    });
  });
});
