import { Random } from "./random";
import type { Family, Fault } from "./scenario";
import type { Stage } from "./stage";

/** One play of one fault, with all that repeats it. */
export type Play = { family: Family; fault: Fault; n: number };
export type Result = Play & { findings: string[][]; tookMs: number };

export type RunOptions = {
  seed: number;
  /** Plays at a time, of families that can be played side by side. */
  lanes: number;
  /** Called after each play; false stops the run. */
  onResult(result: Result): boolean;
};

/** `family/fault#n`: with the seed it names one play for good. */
export function nameOf({ family, fault, n }: Play): string {
  return `${family.name}/${fault.name}#${n}`;
}

/** Plays in turn: first each fault once, then each again, so that a short run sees the most. */
export function playsOf(families: Family[], only: string | undefined): Play[] {
  const plays = families.flatMap((family) =>
    family.faults.flatMap((fault) =>
      Array.from({ length: fault.times }, (_, i) => ({ family, fault, n: i + 1 })),
    ),
  );
  const isWanted = (name: string) =>
    only === undefined ||
    name === only ||
    name.startsWith(`${only}/`) ||
    name.startsWith(`${only}#`);
  const wanted = plays.filter((play) => isWanted(nameOf(play)));
  return wanted.sort((one, other) => one.n - other.n);
}

/** As many plays as it takes for so many scenarios, spread over all that are there. */
export function spread(plays: Play[], scenarios: number, random: Random): Play[] {
  const shuffled = plays
    .map((play) => ({ play, at: play.n + random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ play }) => play);
  let sum = 0;
  return shuffled.filter(({ fault }) => {
    if (sum >= scenarios) return false;
    sum += fault.rooms;
    return true;
  });
}

/** Plays them all; what breaks a play is one of its findings. */
export async function run(stage: Stage, plays: Play[], options: RunOptions): Promise<void> {
  const queue = plays.filter(({ family }) => !family.alone);
  let goesOn = true;
  const lane = async (waiting: Play[]) => {
    for (let next = waiting.shift(); next && goesOn; next = waiting.shift()) {
      goesOn = options.onResult(await playOne(stage, next, options.seed)) && goesOn;
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, () => lane(queue)));
  await lane(plays.filter(({ family }) => family.alone));
}

async function playOne(stage: Stage, play: Play, seed: number): Promise<Result> {
  const startedAt = Date.now();
  const findings = await played(stage, play, new Random(`${seed}/${nameOf(play)}`));
  return { ...play, findings, tookMs: Date.now() - startedAt };
}

async function played(stage: Stage, play: Play, random: Random): Promise<string[][]> {
  try {
    return await play.fault.play(stage, random);
  } catch (error) {
    // What it has left armed must not strike those that come after it.
    if (play.family.alone) await stage.server.killRuntime();
    return [[`it could not be played to its end: ${String(error)}`]];
  }
}
