import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { SseReader } from "../../support/sse-reader";
import { control } from "../../worker/control";

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

const page = z.object({
  items: z.array(z.looseObject({ type: z.string(), seq: z.number() })),
  nextCursor: z.string().nullable(),
});

async function events(taskId: string, query = "") {
  return page.parse(await (await call(alice, "GET", `/tasks/${taskId}/events${query}`)).json());
}

function stream(taskId: string, query = "", headers = {}): Promise<Response> {
  const accept = { Accept: "text/event-stream", ...headers };
  return call(alice, "GET", `/tasks/${taskId}/events${query}`, undefined, accept);
}

describe("the log as pages", () => {
  it("pages through every event once, oldest first", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await client.frames.next(says("task:status", "COMPLETED"));
    const seqs: number[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const next: z.infer<typeof page> = await events(
        taskId,
        `?limit=3${cursor && `&cursor=${cursor}`}`,
      );
      seqs.push(...next.items.map(({ seq }) => seq));
      cursor = next.nextCursor;
    }
    const head = client.frames.state?.task.headSeq ?? 0;
    expect(seqs).toEqual(Array.from({ length: head }, (_, i) => i + 1));
  });

  it("with type=task:status is the status history with cause and actor", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await call(alice, "PATCH", `/tasks/${taskId}/status`, {
      status: "CANCELLED",
      reason: "done with it",
    });
    const { items } = await events(taskId, "?type=task:status");
    expect(items.map(({ data }) => data)).toEqual([
      { status: "RUNNING", previous: "PENDING", actor: alice },
      { status: "COMPLETED", previous: "RUNNING", actor: "system" },
      { status: "CANCELLED", previous: "COMPLETED", reason: "done with it", actor: alice },
    ]);
  });

  it("refuses a position, a type and a cursor of another form", async () => {
    const taskId = await newTask(alice);
    for (const query of ["?after=x", "?type=nothing", "?cursor=x", "?after=1&after=2"]) {
      const response = await call(alice, "GET", `/tasks/${taskId}/events${query}`);
      expect(response.status, query).toBe(400);
    }
  });
});

describe("the log as a stream", () => {
  it("says the same as the socket, with ids to resume after", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const reader = new SseReader(await stream(taskId, "?after=0"));
    await converse(client, model, "one");
    await client.frames.next(says("task:status", "COMPLETED"));
    const head = client.frames.state?.task.headSeq ?? 0;
    const seen = await reader.until(({ data }) => data.seq === head);
    const logged = seen.filter(({ data }) => data.seq !== undefined);
    expect(logged.map(({ data }) => data.seq)).toEqual(
      Array.from({ length: head }, (_, i) => i + 1),
    );
    const epoch = client.frames.state?.task.epoch;
    for (const { id, event, data } of logged) {
      expect(id).toBe(`${epoch}-${data.seq}`);
      expect(event).toBe(data.type);
    }
    expect(seen.map(({ event }) => event)).toContain("chat:chunk");
    await reader.cancel();
  });

  it("goes on after Last-Event-ID without a gap or a double", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await client.frames.next(says("task:status", "COMPLETED"));
    const { epoch, headSeq } = client.frames.state?.task ?? { epoch: "", headSeq: 0 };
    const reader = new SseReader(await stream(taskId, "", { "Last-Event-ID": `${epoch}-2` }));
    const seen = await reader.until(({ data }) => data.seq === headSeq);
    expect(seen.map(({ data }) => data.seq)).toEqual(
      Array.from({ length: headSeq - 2 }, (_, i) => i + 3),
    );
    await reader.cancel();
  });

  it("[R8] marks where what was missed ends: a turn from its first number, then what happens", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "one");
    await converse(client, model, "two");
    await client.frames.next(says("task:status", "COMPLETED"));
    const turns = z.object({ items: z.array(z.object({ id: z.string(), firstSeq: z.number() })) });
    const listed = turns.parse(await (await call(alice, "GET", `/tasks/${taskId}/turns`)).json());
    const { id, firstSeq } = listed.items.find((turn) => turn.firstSeq > 5) ?? {
      id: "",
      firstSeq: 0,
    };
    const reader = new SseReader(await stream(taskId, `?after=${firstSeq - 1}`));
    const missed = await reader.until(({ event }) => event === "synced");
    const { headSeq } = client.frames.state?.task ?? {};
    expect(missed.at(0)?.data).toMatchObject({
      type: "chat:message",
      seq: firstSeq,
      data: { message: { turnId: id, content: "about two" } },
    });
    expect(missed.map(({ data }) => data.seq).at(-2)).toBe(headSeq);
    expect(missed.at(-1)?.data).toMatchObject({ data: { headSeq } });
    await converse(client, model, "three");
    const [next] = await reader.until(({ data }) => data.seq !== undefined);
    expect(next?.data.seq).toBe((headSeq ?? 0) + 1);
    await reader.cancel();
  });

  it("begins with the state where no position is given", async () => {
    const taskId = await newTask(alice);
    const reader = new SseReader(await stream(taskId));
    const [first] = await reader.until(({ event }) => event === "history:reset");
    expect(first?.data).toMatchObject({ data: { state: { task: { id: taskId, role: "owner" } } } });
    await reader.cancel();
  });

  it("tells a reader that begins late all that came at once, however long", async () => {
    const taskId = await newTask(alice);
    const reader = new SseReader(await stream(taskId, "?after=0"));
    // Some two MB, of which the first waits for its model and all others for it.
    for (let n = 0; n < 20; n++) {
      const said = await call(alice, "POST", `/tasks/${taskId}/execute`, {
        input: "漢".repeat(32_000),
      });
      expect(said.status).toBe(202);
    }
    const task = z.object({ headSeq: z.number() });
    const { headSeq } = task.parse(await (await call(alice, "GET", `/tasks/${taskId}`)).json());
    const seen = await reader.until(({ data }) => data.seq === headSeq);
    const logged = seen.flatMap(({ data }) => data.seq ?? []);
    expect(logged).toEqual(Array.from({ length: headSeq }, (_, i) => i + 1));
    await reader.cancel();
  });

  it("with types sends only those", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    const reader = new SseReader(await stream(taskId, "?after=0&type=task:status"));
    await converse(client, model, "one");
    const seen = await reader.until(
      ({ data }) =>
        z.looseObject({ status: z.string() }).safeParse(data.data).data?.status === "COMPLETED",
    );
    expect(new Set(seen.map(({ event }) => event))).toEqual(new Set(["task:status"]));
    await reader.cancel();
  });

  it("ends when the task is erased, and takes no session of the user's", async () => {
    const taskId = await newTask(alice);
    const reader = new SseReader(await stream(taskId));
    await reader.until(({ event }) => event === "history:reset");
    const sessions = z.object({ items: z.array(z.unknown()) });
    const listed = sessions.parse(await (await call(alice, "GET", "/sessions")).json());
    expect(listed.items).toEqual([]);
    await call(alice, "DELETE", `/tasks/${taskId}`);
    await reader.ended();
  });

  it("of someone else's task is 404", async () => {
    const taskId = await newTask(newUser());
    expect((await stream(taskId)).status).toBe(404);
  });
});
