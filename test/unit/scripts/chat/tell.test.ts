import { expect, it } from "vitest";
import { type Item, type Story, tell, UNTOLD } from "../../../../scripts/chat/tell";
import type { RoomEvent } from "../../../../src/protocol/events";
import {
  asked,
  call,
  cancelled,
  chunk,
  decision,
  done,
  ended,
  failed,
  message,
  queued,
  ready,
  result,
  retried,
  room,
  round,
  running,
  type Said,
  script,
  start,
  TURN,
  thought,
  turn,
} from "./room-events";

const opening = [ready(room(0)), asked, queued, running];

function tellAll(events: RoomEvent[], from: Story = UNTOLD): { story: Story; items: Item[] } {
  let story = from;
  const items: Item[] = [];
  for (const event of events) {
    const step = tell(story, event);
    story = step.story;
    items.push(...step.items);
  }
  return { story, items };
}

/** The items as a person reads them. */
function read(items: Item[]): string {
  return items
    .map((item) => {
      if (item.kind === "said") return `<${item.message.role}: ${item.message.content}>`;
      if (item.kind === "begin") return `<${item.bot}>`;
      if (item.kind === "thinking") return `{${item.text}}`;
      if (item.kind === "answer") return item.text;
      if (item.kind === "restart") return `<again ${item.attempt ?? ""}>`;
      return item.kind === "end" ? "<end>" : `(${item.text})`;
    })
    .join("");
}

const cases: [string, Said[], string][] = [
  [
    "streams an answer, with the thinking before it",
    [
      ...opening,
      start(),
      thought(0, "Hm"),
      thought(2, "m"),
      chunk(0, "Be"),
      chunk(2, "cause"),
      done("Because"),
    ],
    "<user: Why?>(queued)(running)<system/assistant>{Hm}{m}Because<end>",
  ],
  [
    "writes what the last chunks left out",
    [...opening, start(), chunk(0, "Be"), done("Because")],
    "<user: Why?>(queued)(running)<system/assistant>Because<end>",
  ],
  [
    "places a chunk by its offset",
    [...opening, start(), chunk(0, "Beca"), chunk(2, "causes")],
    "<user: Why?>(queued)(running)<system/assistant>Beca" + "uses",
  ],
  [
    "starts a new attempt visibly over",
    [
      ...opening,
      start(),
      chunk(0, "Bad"),
      retried(1, 1500),
      start(2),
      chunk(0, "Good", 2),
      done("Good", 2),
    ],
    "<user: Why?>(queued)(running)<system/assistant>Bad(attempt 1 failed (The model is unavailable), retrying in 2 s)<again 2>Good<end>",
  ],
  [
    "ignores what an older attempt still says",
    [...opening, start(), start(2), chunk(0, "old"), chunk(0, "new", 2)],
    "<user: Why?>(queued)(running)<system/assistant>new",
  ],
  [
    "tells a failure once, with the part that is kept",
    [...opening, start(), chunk(0, "Par"), failed(1, "Part"), ended("FAILED")],
    "<user: Why?>(queued)(running)<system/assistant>Part<end>(failed: The model refuses)",
  ],
  [
    "tells a stop once",
    [...opening, start(), chunk(0, "Part"), cancelled("Part"), ended("INTERRUPTED")],
    "<user: Why?>(queued)(running)<system/assistant>Part<end>(cancelled)",
  ],
  [
    "replaces what is shown where another text was kept",
    [...opening, start(), chunk(0, "Part"), cancelled("Other")],
    "<user: Why?>(queued)(running)<system/assistant>Part<again >Other<end>(cancelled)",
  ],
  [
    "tells each round and what came of its calls, a line each",
    [
      ...[...opening, start(), chunk(0, "I look."), round("I look.", "here", "there")],
      ...[call(0), call(1, { where: "client" }), result(0, { output: "a\n  chair" })],
      ...[decision(1, false, "not there"), result(1, { error: "A person did not approve." })],
      chunk(7, "\n\nSeen."),
      done("I look.\n\nSeen."),
    ],
    "<user: Why?>(queued)(running)<system/assistant>I look." +
      '(round 1: look {"place":"here"}, look {"place":"there"})' +
      "(look is for the program that sent the message)(look gave a chair)" +
      "(bob did not approve of look: not there)(look failed: A person did not approve.)" +
      "\n\nSeen.<end>",
  ],
  [
    "shows a snapshot's messages and goes on with its streams",
    [
      ready(
        room(5, {
          messages: [message("user", "Why?")],
          openTurns: [turn],
          streams: [
            {
              turnId: TURN,
              messageId: message("assistant", "").id,
              step: "s1",
              attempt: 1,
              text: "Be",
              thinking: "",
            },
          ],
        }),
      ),
      chunk(0, "Because"),
    ],
    "<user: Why?><system/assistant>Because",
  ],
];

it.each(cases)("%s", (_, said, expected) => {
  const after = said[0]?.type === "session:ready" && said[0].data.headSeq;
  expect(read(tellAll(script(said, Number(after) + 1)).items)).toBe(expected);
});

it("reads the same wherever the connection breaks and resumes", () => {
  const turnOfEvents = [
    ...[...opening, start(), thought(0, "Hm"), chunk(0, "Be"), chunk(2, "cause"), retried(1, 10)],
    ...[
      start(2),
      chunk(0, "It ", 2),
      chunk(3, "depends", 2),
      done("It depends", 2),
      ended("COMPLETED"),
    ],
  ];
  const whole = script(turnOfEvents);
  const unbroken = answerOf(tellAll(whole).items);
  expect(unbroken).toBe("It depends");
  for (let left = 1; left < whole.length; left++) {
    for (let back = left; back <= whole.length; back++) {
      const before = tellAll(whole.slice(0, left));
      const after = tellAll(resumption(whole, left, back), before.story);
      expect(answerOf([...before.items, ...after.items])).toBe(unbroken);
      expect(after.story.outcomes[TURN]).toBe("COMPLETED");
    }
  }
});

it("shows what a reset brings, and nothing twice", () => {
  const before = tellAll(script([...opening, start(), chunk(0, "Be")]));
  const messages = [message("user", "Why?"), message("assistant", "Because")];
  const state = room(9, { messages });
  const reset: Said = {
    type: "history:reset",
    data: { state, headSeq: 9, epoch: "e2", reason: "the log is of another epoch" },
  };
  const { items, story } = tellAll(script([reset]), before.story);
  expect(read(items)).toBe("cause<end>(the history starts anew (the log is of another epoch))");
  expect(story).toMatchObject({ epoch: "e2", room: { task: { headSeq: 9 } } });
});

it("tells the rounds of a snapshot that it has not told, with what came of them", () => {
  const before = tellAll(script([...opening, start(), round("", "here"), call(0)]));
  const state = before.story.room;
  if (!state) throw new Error("There is no room.");
  const reset: Said = {
    type: "history:reset",
    data: { headSeq: 9, epoch: "e2", reason: "old", state },
  };
  expect(read(tellAll(script([reset]), before.story).items)).toBe(
    "(the history starts anew (old))",
  );
  const anew = tellAll(script([ready(state)])).items;
  expect(read(anew)).toContain('(round 1: look {"place":"here"})');
  const seen = tellAll(script([result(0, { output: "x" })], 9), before.story).story.room;
  expect(read(tellAll(script([ready(seen)])).items)).toContain("(look gave x)");
});

/** What the room sends to a client that left after event `left` and comes back after `back`. */
function resumption(whole: RoomEvent[], left: number, back: number): RoomEvent[] {
  const isLogged = (event: RoomEvent) => "seq" in event;
  const missed = whole.slice(left, back).filter(isLogged);
  const written = tellAll(whole.slice(0, back)).story.room?.streams ?? [];
  const streams = written.flatMap(({ attempt, text, thinking }) => [
    thought(0, thinking, attempt),
    chunk(0, text, attempt),
  ]);
  return [...script([ready()]), ...missed, ...script(streams), ...whole.slice(back)];
}

/** What stands there as the answer: all since it last started. */
function answerOf(items: Item[]): string {
  const from = items.findLastIndex(({ kind }) => kind === "begin" || kind === "restart");
  return items
    .slice(from + 1)
    .map((item) => (item.kind === "answer" ? item.text : ""))
    .join("");
}
