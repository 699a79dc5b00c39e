import type { Random } from "./random";
import type { Stage } from "./stage";

/** What was found wrong in each room that a scenario has played in. */
export type Findings = string[][];

export type Fault = {
  name: string;
  /** How often it is played in the long form. */
  times: number;
  /** Rooms that one play looks at: each is a scenario of its own. */
  rooms: number;
  play(stage: Stage, random: Random): Promise<Findings>;
};

export type Family = {
  name: string;
  /** Whether its faults strike every room at once, so that nothing else may be played meanwhile. */
  alone: boolean;
  /** Why it can't be played here; nothing where it can. */
  missing?(): string | undefined;
  faults: Fault[];
};

/** A fault of one room. */
export function fault(
  name: string,
  times: number,
  play: (stage: Stage, random: Random) => Promise<string[]>,
): Fault {
  return { name, times, rooms: 1, play: async (stage, random) => [await play(stage, random)] };
}

/** What must hold, in words; nothing where it does. */
export function expects(holds: boolean, what: string): string[] {
  return holds ? [] : [what];
}
