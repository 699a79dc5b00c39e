import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { DevServer } from "../../support/dev-server";
import { answer } from "../../support/model-script";
import { until } from "../../support/until";
import { startWebhookReceiver, type WebhookReceiver } from "../../support/webhook-receiver";
import { WireUser } from "../../support/wire-client";
import type { Arena } from "./arena";

const EVENTS = ["task:status", "notification"];

let server: DevServer;
let receiver: WebhookReceiver;
let users = 0;
let alice: WireUser;

const made = z.looseObject({ id: z.string(), secret: z.string() });
const deliveries = z.looseObject({
  items: z.array(z.looseObject({ status: z.string(), attempts: z.number() })),
});
const notifications = z.looseObject({ items: z.array(z.looseObject({ kind: z.string() })) });

async function hook(): Promise<string> {
  const response = await alice.call("POST", "/webhooks", { url: receiver.url, events: EVENTS });
  expect(response.status).toBe(201);
  const { id, secret } = made.parse(await response.json());
  receiver.secret = secret;
  return id;
}

/** What a receiver that drops repeated ids has seen of a task, in short. */
function seen(): unknown[] {
  return receiver.seen().map(({ body }) => body.data.status ?? body.type);
}

const TURN = ["RUNNING", "COMPLETED", "notification"];

/** What is told to webhooks and to the bell, also where the runtime dies while it is told. */
export function webhooks(arena: Arena): void {
  beforeAll(() => {
    server = arena.server;
    // Long enough for the rooms to hear of its start before they hear of its end.
    arena.model.respond(() => [{ do: "pause", ms: 200 }, ...answer("one ", "two")]);
  });

  beforeEach(async () => {
    alice = await WireUser.of(server, `alice-${++users}`);
    receiver = await startWebhookReceiver();
  });

  afterEach(() => receiver.close());

  it("arrive signed and in order, and again after a 503", async () => {
    const id = await hook();
    receiver.answers = [503, 503];
    await alice.newTask({ prompt: "hello" });
    await until("all have arrived", () => seen().length === 3);
    expect(seen()).toEqual(TURN);
    const ids = receiver.received.map((request) => request.id);
    expect(ids.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => ids[0]));
    expect(receiver.forged).toBe(0);
    await until("all are noted", async () => {
      const page = await alice.call("GET", `/webhooks/${id}/deliveries`);
      const { items } = deliveries.parse(await page.json());
      return items.length === 3 && items.every(({ status }) => status === "delivered");
    });
  });

  describe("kill -9 loses no webhook and no notification, and repeats none under another id", () => {
    const points: [string, number][] = [
      ["before hearing", 1],
      ["after hearing", 2],
      ["after users", 2],
      ["users marked", 2],
      ["webhook started", 1],
      ["webhook answered", 2],
    ];
    it("with nobody near: the room's own alarm goes on", () => killAt("before users", 2, false));

    it.each(points)("%s (%i)", (point, nth) => killAt(point, nth, true));

    async function killAt(point: string, nth: number, touched: boolean): Promise<void> {
      const id = await hook();
      const taskId = await alice.newTask();
      const execute = () => {
        alice.call("POST", `/tasks/${taskId}/execute`, { input: "hello" }).catch(() => undefined);
      };
      await arena.killAt(point, nth, execute);
      // Whoever comes by wakes the rooms, which go on at once.
      if (touched) await alice.call("GET", `/tasks/${taskId}`);
      await until(
        "all have arrived",
        async () => {
          if (touched) await alice.call("GET", `/webhooks/${id}/deliveries`);
          return seen().length >= 3;
        },
        45_000,
      );
      expect(seen()).toEqual(TURN);
      expect(receiver.forged).toBe(0);
      const page = notifications.parse(await (await alice.call("GET", "/notifications")).json());
      expect(page.items.map(({ kind }) => kind)).toEqual(["task_completed"]);
    }
  });
}
