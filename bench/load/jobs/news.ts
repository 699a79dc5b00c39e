import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import type { Heard } from "../dialects/dialect";
import { seatOf, taskroom } from "../dialects/taskroom";
import { call } from "../dialects/taskroom-rest";
import type { Model } from "../model";
import { median, percentile } from "../numbers";
import { Script } from "../script";

export type NewsJob = { kind: "news"; target: Target; turns: number };

const DEVICES = 5;
const WAIT_MS = 5000;

/** Milliseconds from a task's end in its room until every device, and a webhook, has heard of it. */
export async function runNews({ target, turns }: NewsJob, model: Model) {
  const { port } = target;
  const user = `u-${randomUUID()}`;
  const receiver = await startReceiver();
  await call(port, user, "POST", "/webhooks", { url: receiver.url, events: ["task:status"] });
  const decode = decoderOf(taskroom);
  const seat = { ...seatOf(port, "", user), path: "/api/v1/user/notifications" };
  const devices: Client[] = [];
  for (let n = 0; n < DEVICES; n++) devices.push(await Client.join(seat, taskroom, decode));
  const { id } = await call<{ id: string }>(port, user, "POST", "/tasks", {});
  const client = await Client.join(seatOf(port, id, user), taskroom, decode);
  model.play(id, new Script(3, 100));
  const late: number[] = [];
  const hooks: number[] = [];
  for (let n = 0; n < turns; n++) {
    const ended = [client, ...devices].map(whenCompleted);
    const posted = receiver.next();
    client.send(taskroom.start(id));
    const [inRoom = 0, ...onDevices] = await Promise.all(ended);
    late.push(...onDevices.map((at) => at - inRoom));
    hooks.push((await posted) - inRoom);
    await wait(600);
  }
  for (const one of [client, ...devices]) one.close();
  receiver.close();
  return {
    device: median(late),
    deviceWorst: percentile(Float64Array.from(late).sort(), 0.95),
    webhook: median(hooks),
  };
}

function whenCompleted(client: Client): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const late = setTimeout(() => reject(new Error("not told of the end")), WAIT_MS);
  client.ear = (heard: Heard, at) => {
    if (heard.type !== "logged" || heard.event !== "task:status") return;
    if (heard.status !== "COMPLETED") return;
    clearTimeout(late);
    resolve(at);
  };
  return promise;
}

/** Takes webhooks; tells when that of a task's end has come. */
async function startReceiver() {
  let told: (at: number) => void = () => undefined;
  const server = createServer(async (request, response) => {
    const at = performance.now();
    let body = "";
    for await (const part of request) body += part;
    response.end();
    if (body.includes('"status":"COMPLETED"')) told(at);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    next: () =>
      new Promise<number>((resolve) => {
        told = resolve;
      }),
    close: () => server.close(),
  };
}
