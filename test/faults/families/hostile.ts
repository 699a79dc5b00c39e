import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const TIMES = 8;
/** Fewer than the malformed frames that a connection may send. */
const SOME = 6;

type Frame = (random: Random, id: string) => string | ArrayBuffer;

const FRAMES: Record<string, Frame> = {
  binary: (random) => {
    const bytes = Array.from({ length: random.between(0, 2000) }, () => random.between(0, 255));
    return new Uint8Array(bytes).buffer;
  },
  "deep JSON": (random, id) => {
    const depth = random.between(65, 20_000);
    const data = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    return `{"type":"chat:send","id":"${id}","data":${data}}`;
  },
  "prototype keys": (random, id) => {
    const key = random.pick(["__proto__", "constructor", "prototype", "toString"]);
    const poison = `{"${key}":{"polluted":true,"content":"x","role":"owner"}}`;
    return `{"type":"chat:send","id":"${id}","${key}":{"role":"owner"},"data":${poison}}`;
  },
  "lone surrogates": (random, id) => {
    const half = random.pick(["\\ud83d", "\\udc69", "a\\ud83db"]);
    return `{"type":"chat:guide","id":"${id}","data":{"content":"${half}","turnId":"${half}"}}`;
  },
  "no command": (random, id) => {
    const type = random.pick(["chat:done", "task:delete", "", "session:ready"]);
    return JSON.stringify({ type, id, data: { content: "x" } });
  },
};

/** Each bad frame gets one error, and neither the connection nor the room is worse for it. */
async function play(stage: Stage, random: Random, frame: Frame): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  const { last } = room;
  const from = last.frames.all.length;
  for (let i = 0; i < SOME; i++) last.send(frame(random, `h${i}`));
  await room.send({ by: last });
  const errors = last.frames.all.slice(from).filter(({ type }) => type === "error");
  const own = errors.map(({ ref }) => ref).filter((ref) => ref !== undefined);
  const polluted = Object.keys({}).length > 0 || "polluted" in {};
  return [
    ...expects(errors.length === SOME, `${errors.length} errors for ${SOME} bad frames`),
    ...expects(new Set(own).size === own.length, "a frame was answered twice"),
    ...expects(!polluted, "a prototype was polluted"),
    ...expects(last.closeCodes.length === 0, `the connection was closed: ${last.closeCodes}`),
    ...(await check(room)),
  ];
}

/** Too many bad frames, or one that is too big, cost the connection and nobody else. */
async function playClosed(
  stage: Stage,
  random: Random,
  { text, times, code }: { text: string; times: number; code: number },
): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  const { last } = room;
  await room.send();
  for (let i = 0; i < times; i++) last.send(text);
  await last.whenLost(0);
  const closed = last.closeCodes[0];
  return [
    ...expects(closed === code, `closed with ${closed}, not ${code}`),
    ...(await check(room)),
  ];
}

/** Content that is allowed, however odd: it comes back as it went, well-formed. */
async function playOdd(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  const odd = random.pick([
    "\u0000\u0001",
    "\u202e right to left",
    "𝔘𝔫𝔦",
    "' OR 1=1 --",
    "</script>",
  ]);
  await room.send({ content: `${room.newContent()} ${odd}` });
  return check(room);
}

export const hostile: Family = {
  name: "hostile frames",
  alone: false,
  faults: [
    ...Object.entries(FRAMES).map(([name, frame]) =>
      fault(name, TIMES, (stage, random) => play(stage, random, frame)),
    ),
    fault("a flood of them", TIMES, (stage, random) =>
      playClosed(stage, random, { text: "{nothing", times: 40, code: 4400 }),
    ),
    fault("ten thousand at once", 3, (stage, random) =>
      playClosed(stage, random, { text: "{nothing", times: 10_000, code: 4400 }),
    ),
    fault("too big", TIMES, (stage, random) =>
      playClosed(stage, random, { text: "x".repeat(300_000), times: 1, code: 1009 }),
    ),
    fault("odd content", TIMES, playOdd),
  ],
};
