import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { json as readJson } from "node:stream/consumers";
import { StreamResponse } from "@a2a-js/sdk";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { answer, finish, gate, text, wait } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { modelTeam } from "../../support/model-team";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";
import { clientOf, STATE, saying, taskOf } from "./agent";

type Pushed = { told: StreamResponse; headers: IncomingHttpHeaders };
type Receiver = { url: string; pushed: Pushed[]; answers: number[]; close(): void };

/** An address of the client's; the makers' types read what comes. */
async function startReceiver(): Promise<Receiver> {
  const pushed: Pushed[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    const told = StreamResponse.fromJSON(await readJson(request));
    pushed.push({ told, headers: request.headers });
    response.writeHead(answers.shift() ?? 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pushed`;
  return { url, pushed, answers, close: () => void server.close() };
}

const server = new Server(inject("shared").production);
let model: ModelServer;
let client: Awaited<ReturnType<typeof clientOf>>;
let user: WireUser;
const receivers: Receiver[] = [];

beforeAll(async () => {
  model = await startModelServer();
  user = await WireUser.of(server, `pushed-${crypto.randomUUID().slice(0, 8)}`);
  client = await clientOf(server.url, await server.token(user.name), await modelTeam(user, model));
});
afterAll(async () => {
  for (const one of receivers) one.close();
  await model.close();
});

async function receiver(): Promise<Receiver> {
  const one = await startReceiver();
  receivers.push(one);
  return one;
}

const config = (taskId: string, url: string, more: object = {}) => ({
  ...{ tenant: "", id: "", taskId, url, token: "", authentication: undefined },
  ...more,
});

function statesOf({ pushed }: Receiver): (number | undefined)[] {
  return pushed.map(({ told: { payload } }) =>
    payload?.$case === "statusUpdate" ? payload.value.status?.state : undefined,
  );
}

describe("[J10] the protocol's push notifications", () => {
  it("tell the address that a message names, with its token and credentials, once it is over", async () => {
    const { url, pushed } = await receiver();
    model.script(answer("Done."));
    const request = saying("go", { returnImmediately: true });
    const authentication = { scheme: "Bearer", credentials: "c-1" };
    const push = config("", url, { token: "t-1", authentication });
    const { configuration } = request;
    if (!configuration) throw new Error("no configuration");
    const sent = {
      ...request,
      configuration: { ...configuration, taskPushNotificationConfig: push },
    };
    const task = taskOf(await client.sendMessage(sent));
    await until("it is told", () => pushed.length > 0);
    const [{ told, headers }] = pushed as [Pushed];
    expect(told.payload).toMatchObject({
      $case: "statusUpdate",
      value: { taskId: task.id, contextId: task.contextId, status: { state: STATE.completed } },
    });
    expect(headers).toMatchObject({
      "content-type": "application/a2a+json",
      "x-a2a-notification-token": "t-1",
      authorization: "Bearer c-1",
    });
  });

  it("can be made, read, listed and removed; their secrets are not given back", async () => {
    const { url, pushed } = await receiver();
    const end = gate();
    model.script([text("a"), wait(end), finish()]);
    const { id: taskId } = taskOf(
      await client.sendMessage(saying("go", { returnImmediately: true })),
    );
    const made = await client.createTaskPushNotificationConfig(
      config(taskId, url, { id: "mine", token: "t-2" }),
    );
    expect(made).toMatchObject({ id: "mine", taskId, url, token: "" });
    const place = { tenant: "", taskId, id: "mine" };
    expect(await client.getTaskPushNotificationConfig(place)).toEqual(made);
    const again = await client.createTaskPushNotificationConfig(config(taskId, url));
    const listed = await client.listTaskPushNotificationConfig({
      ...{ tenant: "", taskId, pageSize: 0, pageToken: "" },
    });
    expect(listed.configs).toEqual(expect.arrayContaining([made, again]));
    expect(listed.configs).toHaveLength(2);
    for (const { id } of [made, again]) {
      await client.deleteTaskPushNotificationConfig({ ...place, id });
    }
    await expect(client.getTaskPushNotificationConfig(place)).rejects.toThrow();
    end.open();
    await until("it is over", async () => {
      const { status } = await client.getTask({ tenant: "", id: taskId });
      return status?.state === STATE.completed;
    });
    // One that is told of the end shows that the others were not.
    const last = await receiver();
    await client.createTaskPushNotificationConfig(config(taskId, last.url));
    await until("it is told", () => last.pushed.length > 0);
    expect(statesOf(last)).toEqual([STATE.completed]);
    expect(pushed).toEqual([]);
  });

  it("are tried again where they are not taken, under the same id", async () => {
    const one = await receiver();
    one.answers.push(503);
    model.script(answer("Done."));
    const { id: taskId } = taskOf(await client.sendMessage(saying("go")));
    await client.createTaskPushNotificationConfig(config(taskId, one.url));
    await until("it is told twice", () => one.pushed.length > 1);
    expect(statesOf(one)).toEqual([STATE.completed, STATE.completed]);
    expect(new Set(one.pushed.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });
});
