import {
  type Action,
  bytewise,
  done,
  errorInside,
  finish,
  hang,
  reset,
  type Script,
  status,
  text,
} from "../../support/model-script";
import type { FaultUser } from "../fault-user";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const TIMES = 6;
/** Within the bound of one event (8 MiB), and over it. */
const NOISE_BYTES = 5 * 1024 * 1024;
const OVERLONG_BYTES = 9 * 1024 * 1024;

type Misdeed = (mark: string, random: Random) => Script;

const MISDEEDS: Record<string, Misdeed> = {
  "401": () => status(401),
  "429 with Retry-After": () => status(429, { "retry-after": "1" }),
  "429 without Retry-After": () => status(429),
  "500": (_, random) => status(500, {}, "x".repeat(random.between(1, 50_000))),
  "503": () => status(503),
  "hang before the headers": () => [hang],
  "hang before the first byte": () => [{ do: "headers" }, hang],
  stall: (mark, random) => [...words(mark, random), hang],
  "reset in mid-stream": (mark, random) => [...words(mark, random), reset],
  "end without DONE": (mark, random) => words(mark, random),
  "malformed JSON": (mark, random) => [
    ...words(mark, random),
    { do: "raw", text: "data: {nothing\n\n" },
    done,
  ],
  "split UTF-8": (mark) => [text(`${mark} `), bytewise("👩‍🚀漢字🎉 whole"), finish(), done],
  "5 MB line that says nothing": (mark, random) => [
    ...words(mark, random),
    { do: "raw", text: `data: ${"x".repeat(NOISE_BYTES)}\n\n` },
    finish(),
    done,
  ],
  "a 9 MB line": (mark, random) => [
    ...words(mark, random),
    { do: "raw", text: `data: ${"x".repeat(OVERLONG_BYTES)}\n\n` },
    done,
  ],
  "slow drip": (mark, random) => [
    text(`${mark} `),
    ...[..."drop by drop 💧💧💧"].flatMap((char): Script => [pause(random), text(char)]),
    finish(),
    done,
  ],
  "an error inside a 200": (mark, random) => [
    ...words(mark, random),
    errorInside({ message: "overloaded", type: "overloaded_error" }),
  ],
  "finish twice": (mark, random) => [...words(mark, random), finish(), finish(), done],
};

function words(mark: string, random: Random): Script {
  const count = random.between(1, 12);
  return [text(`${mark} `), ...Array.from({ length: count }, (_, i) => text(`w${i} 漢🎉 `))];
}

function pause(random: Random): Action {
  return { do: "pause", ms: random.between(0, 40) };
}

async function play(stage: Stage, random: Random, misdeed: Misdeed): Promise<string[]> {
  const room = await FaultRoom.open(stage, random);
  const attempts = random.between(1, 3);
  for (let i = 0; i < attempts; i++) stage.script(room.mark, misdeed(room.mark, random));
  await room.send();
  if (random.chance(0.5)) room.watchers.at(-1)?.cut();
  if (random.chance(0.5)) await room.send();
  return check(room);
}

/** The provider's connection is refused for good: nobody listens there. */
async function playRefused(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { task: refusedTeam });
  await room.send();
  return check(room);
}

async function refusedTeam(owner: FaultUser): Promise<object> {
  const ref = `${owner.name}/gone`;
  const baseUrl = "http://127.0.0.1:9/v1";
  await owner.make("models", "gone", { provider: "openai-compatible", model: "m", baseUrl });
  await owner.make("bots", "gone", { ghostRef: "system/assistant", modelRef: ref });
  const members = [{ role: "assistant", botRef: ref }];
  await owner.make("teams", "gone", { collaboration: "solo", members });
  return { teamRef: ref };
}

/** A model that misbehaves in every way that a provider has. */
export const modelFaults: Family = {
  name: "model",
  alone: false,
  faults: [
    ...Object.entries(MISDEEDS).map(([name, misdeed]) =>
      fault(name, TIMES, (stage, random) => play(stage, random, misdeed)),
    ),
    fault("refused", TIMES, playRefused),
  ],
};
