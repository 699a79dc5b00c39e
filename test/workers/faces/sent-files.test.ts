import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { message } from "../../../src/protocol/message";
import { base64 } from "../../support/pictures";
import { call, newUser, ORIGIN } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";
import { fetched, home, homeOf, inBucket, PNG, ringAfter, stored, textOf } from "../files/uploads";
import { send, WAYS } from "./ways";

const URL_OF_PNG = `data:image/png;base64,${base64(PNG)}`;
const MINUTE_MS = 60_000;
const ways = Object.keys(WAYS);

const tasks = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
const page = z.object({ items: z.array(message) });

let alice: string;
let key: string;
/** What other tests have stored. */
let before: Set<string>;

beforeEach(async () => {
  before = new Set(await inBucket());
  alice = newUser();
  key = crypto.randomUUID();
  control.model = new ScriptedModel().callAgent;
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(control, { bucket: "up", clockAheadMs: 0 });
});

async function newFiles(): Promise<string[]> {
  return (await inBucket()).filter((id) => !before.has(id));
}

async function taskIds(user = alice): Promise<string[]> {
  const response = await call(user, "GET", "/tasks?ephemeral=true");
  return tasks.parse(await response.json()).items.map(({ id }) => id);
}

/** What the user's one task was asked. */
async function questions() {
  const [taskId = "", ...others] = await taskIds();
  expect(others).toEqual([]);
  const response = await call(alice, "GET", `/messages?taskId=${taskId}`);
  const { items } = page.parse(await response.json());
  return items.filter(({ role }) => role === "user");
}

/** The answer of a turn goes on without its reader; of a chat completion it ends with it. */
async function begun(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(response.status, new TextDecoder().decode(value)).toBe(200);
}

async function nothingIsStored(): Promise<void> {
  expect(await newFiles()).toEqual([]);
  const { files = [], file_totals = [{ files: 0, bytes: 0 }] } = await homeOf(alice);
  expect([files, file_totals]).toMatchObject([[], [{ files: 0, bytes: 0 }]]);
}

describe.each(ways)("[F7] a file that is sent over %s", (way) => {
  it("is stored as its sender's own and carried by the message, however often that comes", async () => {
    const sent = { urls: [URL_OF_PNG, URL_OF_PNG], key };
    await begun(await send(alice, way, sent));
    await begun(await send(alice, way, sent, { isAgain: true }));
    const [question, ...others] = await questions();
    expect(others).toEqual([]);
    expect(question).toMatchObject({
      content: "see",
      attachments: [{ mediaType: "image/png", size: PNG.length }],
    });
    const fileId = question?.attachments?.[0]?.fileId ?? "";
    expect(question?.attachments).toHaveLength(1);
    const bytes = await (await fetched(alice, fileId)).arrayBuffer();
    expect(new Uint8Array(bytes)).toEqual(PNG);
    expect(await newFiles()).toEqual([fileId]);
    expect((await homeOf(alice)).file_totals).toMatchObject([{ files: 1, bytes: PNG.length }]);
  });

  it("may be one of the service's own, by its address, and alone", async () => {
    const { id } = await stored(alice);
    const sent = { urls: [`${ORIGIN}/api/v1/files/${id}`], key, text: "" };
    await begun(await send(alice, way, sent));
    expect(await questions()).toMatchObject([{ content: "", attachments: [{ fileId: id }] }]);
    expect(await newFiles()).toEqual([id]);
  });

  it("[FL11] is refused in the protocol's own form where the deployment keeps none", async () => {
    control.bucket = "none";
    const response = await send(alice, way, { urls: [URL_OF_PNG], key });
    expect(response.status).toBe(503);
    expect(await response.text()).toMatch(/files_not_configured|keeps no files/i);
    expect(await taskIds()).toEqual([]);
  });
});

type Refused = [why: string, urls: string[], says: RegExp];

describe.each(ways)("[F7] of what is refused over %s nothing is stored", (way) => {
  const refused: Refused[] = [
    [
      "an address elsewhere",
      [URL_OF_PNG, "https://example.com/a.png"],
      /addresses are not fetched/,
    ],
    ["what is no base64", [URL_OF_PNG, "data:image/png;base64,%%%"], /can't be read/],
    ["bytes of another kind", [URL_OF_PNG, "data:image/png;base64,aGVsbG8="], /no image\/png/],
    ["eleven files", Array.from({ length: 11 }, () => URL_OF_PNG), /more than 10 files/],
  ];
  it.each(refused)("%s", async (_why, urls, says) => {
    const response = await send(alice, way, { urls, key });
    const text = await response.text();
    expect(text).toMatch(says);
    expect(text).toMatch(/messages\.0|input\.0|message\.parts/);
    await nothingIsStored();
    expect(await taskIds()).toEqual([]);
  });

  it("a file of somebody else's, after the first was stored", async () => {
    const { id } = await stored(newUser());
    const urls = [URL_OF_PNG, `${ORIGIN}/api/v1/files/${id}`];
    const text = await (await send(alice, way, { urls, key })).text();
    expect(text).toMatch(/there is no such file/i);
    expect(await newFiles()).toEqual([id]);
    expect((await homeOf(alice)).files).toEqual([]);
    expect(await taskIds()).toEqual([]);
  });

  it("a team that is not there, after the file was stored", async () => {
    const response = await send(alice, way, { urls: [URL_OF_PNG], key, team: "system/nobody" });
    expect(await response.text()).toMatch(/no such|not found|there is no/i);
    await nothingIsStored();
  });

  it("a bucket that is down, and a repeat has it all", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    control.bucket = "down";
    const sent = { urls: [URL_OF_PNG], key };
    expect((await send(alice, way, sent)).status).toBe(503);
    expect(await taskIds()).toEqual([]);
    control.bucket = "up";
    await ringAfter(alice, MINUTE_MS);
    await nothingIsStored();
    await begun(await send(alice, way, sent, { isAgain: true }));
    expect(await questions()).toMatchObject([{ attachments: [{ size: PNG.length }] }]);
  });
});

it.each(["the AI SDK", "AG-UI", "A2A"])(
  "[F7] the same message twice at once over %s is one, with one file",
  async (way) => {
    const sent = { urls: [URL_OF_PNG], key };
    const both = await Promise.all([send(alice, way, sent), send(alice, way, sent)]);
    for (const response of both) await begun(response);
    expect(await questions()).toMatchObject([{ attachments: [{ size: PNG.length }] }]);
    expect(await newFiles()).toHaveLength(1);
    expect((await homeOf(alice)).file_totals).toMatchObject([{ files: 1, bytes: PNG.length }]);
  },
);

it("[F7] the same bytes in another message are another file", async () => {
  await begun(await send(alice, "the AI SDK", { urls: [URL_OF_PNG], key }));
  await begun(await send(alice, "the AI SDK", { urls: [URL_OF_PNG], key: `${key}-2` }));
  expect(await newFiles()).toHaveLength(2);
});

it("[F7] the same message with another file is a conflict, and that file is not kept", async () => {
  await begun(await send(alice, "A2A", { urls: [URL_OF_PNG], key }));
  const other = `data:text/plain,${encodeURIComponent("something else")}`;
  const text = await (await send(alice, "A2A", { urls: [other], key })).text();
  expect(text).toMatch(/other content/);
  expect(await newFiles()).toHaveLength(1);
});

it("[FL1] an id whose bytes are being removed is not written anew before they are gone", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { id, name, mediaType, size } = await stored(alice, textOf("a"));
  const own = home(alice);
  control.bucket = "down";
  await own.removeFile(id);
  const file = { id, name, mediaType, size };
  expect(await own.reserveFile(file)).toMatchObject({ refusal: { code: "unavailable" } });
  control.bucket = "up";
  await ringAfter(alice, MINUTE_MS);
  expect(await own.reserveFile(file)).toEqual({ ok: true, value: null });
});
