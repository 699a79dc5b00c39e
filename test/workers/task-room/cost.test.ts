import { beforeEach, expect, it } from "vitest";
import type { Hearing } from "../../../src/agents/voice";
import type { StepEnd, StepRequest } from "../../../src/resources/step";
import { historyOf } from "../../support/own-history";
import { newTask, newUser, RoomClient } from "../../support/room-client";
import { FINISH, type Heard, speaking } from "../../support/scripted-model";
import { control } from "../../worker/control";

const TOKENS = Array.from({ length: 2000 }, (_, i) => `word${i} `);

async function* twoThousandTokens(): AsyncGenerator<Heard, void> {
  for (const [i, delta] of TOKENS.entries()) {
    yield { type: "text", delta };
    // Lets timers run, so that the answer spreads over many fan-out windows.
    if (i % 20 === 0) await scheduler.wait(1);
  }
  yield FINISH;
}

const USAGE = { inputTokens: 10, outputTokens: 20, totalTokens: 30 };
const ROUNDS = 5;

/** As the chat agent does it: a round with its calls at once, then each result as it comes. */
async function fiveRoundsOfTwo(_: StepRequest, hearing: Hearing): Promise<StepEnd> {
  for (let round = 0; round < ROUNDS; round++) {
    hearing.say("text", `round ${round}`);
    const calls = [0, 1].map((index) => {
      const toolCallId = `call_${index}`;
      return { round, index, toolCallId, name: "look", input: { at: index } };
    });
    await hearing.record([
      { type: "round", round, text: `round ${round}`, usage: USAGE, calls },
      ...calls.map((call) => ({ type: "tool-call" as const, ...call })),
    ]);
    hearing.say("text", "\n\n");
    for (const { input, ...call } of calls) {
      await hearing.record([{ type: "tool-result", ...call, output: "seen" }]);
    }
  }
  hearing.say("text", "done");
  return FINISH;
}

let alice: string;

/** What one turn costs stands in `control` once D1 has been told of its end. */
async function oneTurn(): Promise<{ client: RoomClient }> {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  control.rowsWritten = 0;
  control.d1Batches = 0;
  await client.ask("chat:send", { content: "go", clientMessageId: "c-1" });
  await client.frames.next(
    ({ type, data }) => type === "task:status" && JSON.stringify(data).includes("COMPLETED"),
  );
  await expect
    .poll(async () => {
      const row = await (await historyOf(taskId))
        .prepare("SELECT status FROM tasks WHERE id = ?")
        .bind(taskId)
        .first();
      return row?.status;
    })
    .toBe("COMPLETED");
  return { client };
}

beforeEach(() => {
  alice = newUser();
  control.model = speaking(twoThousandTokens);
});

it("[L4] an answer of 2,000 tokens costs at most 15 rows in the room and two batches in D1", async () => {
  const { client } = await oneTurn();
  expect(client.frames.state?.messages.at(-1)?.content).toBe(TOKENS.join(""));
  expect(client.frames.of("chat:chunk").length).toBeGreaterThan(10);
  expect(control.rowsWritten).toBeLessThanOrEqual(15);
  expect(control.d1Batches).toBeLessThanOrEqual(2);
});

it("[E7] a turn of five rounds with two tools each costs at most 15 rows, two a round and one a result", async () => {
  control.model = fiveRoundsOfTwo;
  const { client } = await oneTurn();
  expect(client.frames.of("chat:round")).toHaveLength(ROUNDS);
  expect(client.frames.of("tool:result")).toHaveLength(2 * ROUNDS);
  expect(control.rowsWritten).toBeLessThanOrEqual(15 + 2 * ROUNDS + 2 * ROUNDS);
  expect(control.d1Batches).toBeLessThanOrEqual(2);
});
