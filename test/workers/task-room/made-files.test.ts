import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { callAgent } from "../../../src/agents/call-agent";
import type { OwnAgent } from "../../../src/agents/code/own-agent";
import { textOfFile } from "../../../src/agents/model/files/text-file";
import type { Hearing } from "../../../src/agents/voice";
import { settings } from "../../../src/platform/settings";
import type { StepRequest } from "../../../src/resources/step";
import { MemoryFiles } from "../../support/memory-files";
import { png } from "../../support/pictures";
import { newTask, newUser, RoomClient } from "../../support/room-client";
import { FINISH, ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let taskId: string;
let client: RoomClient;
let files: MemoryFiles;
/** How many attempts have begun. */
let attempts: number;

beforeEach(async () => {
  alice = newUser();
  files = new MemoryFiles();
  attempts = 0;
  control.settings = { RETRY_INITIAL_MS: 1 };
  taskId = await newTask(alice);
  client = await RoomClient.join(alice, taskId);
});

const never = () => new Promise<never>(() => undefined);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await scheduler.wait(1);
}

/** The object dies where the agent stands now, and another goes on. */
async function kill(): Promise<void> {
  await abortAllDurableObjects();
  await runDurableObjectAlarm(env.TASK_ROOM.getByName(taskId));
  client = await RoomClient.join(alice, taskId);
}

const ended = (status: "COMPLETED" | "FAILED") =>
  client.frames.next(() => client.frames.state?.task.status === status);

async function send(content: string): Promise<string> {
  const { data } = await client.ask("chat:send", { content });
  return z.looseObject({ turnId: z.string() }).parse(data).turnId;
}

const names = () => client.frames.state?.messages.at(-1)?.attachments?.map(({ name }) => name);

type Stand = "before" | "after";

/** Stands still before, or after, the first commit of a file in the first attempt. */
function standing(hearing: Hearing, at: Stand, stop: () => Promise<never>): Hearing {
  return {
    ...hearing,
    record: async (records) => {
      const stands = attempts === 1 && records.some(({ type }) => type === "file");
      if (stands && at === "before") await stop();
      await hearing.record(records);
      if (stands && at === "after") await stop();
    },
  };
}

/** Has the real agents at work, over a bucket in memory. */
function at(stand: Stand, own: Record<string, OwnAgent> = {}): { reached: () => boolean } {
  let isReached = false;
  control.model = (request: StepRequest, hearing, signal) => {
    attempts++;
    const config = own.mine
      ? { ...request.config, runtime: { runtime: "code" as const, agent: "mine" } }
      : request.config;
    const heard = standing(hearing, stand, () => {
      isReached = true;
      return never();
    });
    const doors = { settings: settings.parse({}), own, files };
    return callAgent({ ...request, config }, heard, signal, doors);
  };
  return { reached: () => isReached };
}

describe("[FM6] a picture that a model has made is in its message once", () => {
  it.each(["before", "after"] as const)("where the room dies %s its commit", async (stand) => {
    const { reached } = at(stand);
    await send("/picture /fast");
    await until(reached);
    await kill();
    await ended("COMPLETED");
    expect(attempts).toBe(2);
    expect(names()).toEqual(["picture-1.png"]);
    // The same bytes of the same place are the same file.
    expect(files.names).toEqual(["picture-1.png"]);
    const { data } = await client.ask("history:sync");
    expect(JSON.stringify(data).match(/picture-1\.png/g)).toHaveLength(1);
  });
});

describe("[FM10] a file that an agent in code has kept is in its message once", () => {
  it.each(["before", "after"] as const)("where the room dies %s its commit", async (stand) => {
    const { reached } = at(stand, {
      mine: async (request, voice) => {
        const made = { key: "k", name: "a.png", mediaType: "image/png", bytes: png(64, attempts) };
        await request.files.keep(made);
        voice.text("There.");
        return { type: "finish" };
      },
    });
    await send("go");
    await until(reached);
    await kill();
    await ended("COMPLETED");
    expect(names()).toEqual(["a.png"]);
    expect(files.names).toEqual(["a.png"]);
  });
});

describe("[FM8] files that a tool gave", () => {
  const place = { round: 0, index: 0, toolCallId: "c", name: "shoot" };
  const attachment = () => files.put("shot.png", "image/png", png());

  it("stay with its result through a death, and are gone on from", async () => {
    const model = new ScriptedModel();
    control.model = model.callAgent;
    await send("go");
    const first = await model.attempt(1);
    const given = attachment();
    const call = { ...place, input: {} };
    first.say(
      { type: "round", round: 0, text: "Looking.", calls: [call] },
      { type: "tool-call", ...call },
      { type: "file", key: "0:0:x", attachment: given, call: { round: 0, index: 0 } },
      { type: "tool-result", ...place, output: "ok" },
      { type: "file", key: "1:y", attachment: attachment() },
    );
    await until(() => client.frames.state?.streams[0]?.rounds?.[0]?.calls[0]?.output === "ok");
    await client.ask("history:sync");
    await kill();
    const second = await model.attempt(2);
    expect(second.request.files).toEqual([
      {
        ...{ key: "0:0:x", attachment: given, call: { round: 0, index: 0 }, stays: "rounds" },
      },
    ]);
    second.say("Seen.", FINISH);
    await ended("COMPLETED");
    expect(names()).toEqual(["shot.png"]);
  });

  it("are in the message of a turn that was stopped, and in the next turn's context", async () => {
    const model = new ScriptedModel();
    control.model = model.callAgent;
    const turnId = await send("go");
    const first = await model.attempt(1);
    const given = attachment();
    first.say({ type: "file", key: "0:y", attachment: given }, "Half");
    await until(() => client.frames.state?.streams[0]?.text === "Half");
    await client.ask("chat:cancel", { turnId });
    expect(client.frames.state?.messages.at(-1)).toMatchObject({
      ...{ status: "interrupted", attachments: [given] },
    });
    await send("and now?");
    const { request } = await model.attempt(2);
    expect(request.context.at(-1)).toMatchObject({ role: "assistant", attachments: [given] });
  });
});

describe("[FM1] this runtime reads text", () => {
  it.each([
    ["UTF-8", [0x47, 0x72, 0xc3, 0xbc, 0xc3, 0x9f, 0x65]],
    ["UTF-8 with a mark", [0xef, 0xbb, 0xbf, 0x47, 0x72, 0xc3, 0xbc, 0xc3, 0x9f, 0x65]],
    ["UTF-16, the little end first", [0xff, 0xfe, 0x47, 0, 0x72, 0, 0xfc, 0, 0xdf, 0, 0x65, 0]],
    ["UTF-16, the big end first", [0xfe, 0xff, 0, 0x47, 0, 0x72, 0, 0xfc, 0, 0xdf, 0, 0x65]],
    ["a letter a byte", [0x47, 0x72, 0xfc, 0xdf, 0x65]],
  ])("of %s", (_, bytes) => {
    expect(textOfFile(Uint8Array.from(bytes))).toBe("Grüße");
  });
});
