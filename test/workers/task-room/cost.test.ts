import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
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

let alice: string;

beforeEach(() => {
  alice = newUser();
  control.model = speaking(twoThousandTokens);
});

it("[L4] an answer of 2,000 tokens costs at most 15 rows in the room and two batches in D1", async () => {
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
      const row = await env.DB.prepare("SELECT status FROM tasks WHERE id = ?")
        .bind(taskId)
        .first();
      return row?.status;
    })
    .toBe("COMPLETED");
  expect(client.frames.state?.messages.at(-1)?.content).toBe(TOKENS.join(""));
  expect(client.frames.of("chat:chunk").length).toBeGreaterThan(10);
  expect(control.rowsWritten).toBeLessThanOrEqual(15);
  expect(control.d1Batches).toBeLessThanOrEqual(2);
});
