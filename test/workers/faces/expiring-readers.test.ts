import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { newUser, ORIGIN, tokenOf } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";
import { WAYS } from "./ways";

const HOUR = 3_600_000;

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  control.clockAheadMs = 0;
  vi.restoreAllMocks();
});

/** A reader of a stream, of which some has come. */
async function readerBy(way: string) {
  const {
    path,
    body,
    headers = {},
  } = WAYS[way]?.({ urls: [], key: `k-${alice}` }) ?? {
    path: "",
    body: {},
  };
  const response = await exports.default.fetch(ORIGIN + path, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${await tokenOf({ sub: alice, expiresInSeconds: 600 })}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const texts = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let all = "";
  const read = async () => {
    const { value, done } = (await texts?.read()) ?? { value: undefined, done: true };
    all += value ?? "";
    return !done;
  };
  return {
    async until(words: string): Promise<void> {
      while (!all.includes(words)) if (!(await read())) throw new Error(`ended: ${all}`);
    },
    /** All of it; a stream that is cut off is as far as it came. */
    async rest(): Promise<string> {
      try {
        while (await read());
      } catch {
        // Cut off.
      }
      return all;
    },
  };
}

it.each(["the AI SDK", "chat completions", "AG-UI"])(
  "[S6] a stream of %s ends once its reader's token has run out, and its room is asked no more",
  async (way) => {
    const reader = await readerBy(way);
    const attempt = await model.attempt(1);
    attempt.say("in time");
    await reader.until("in time");
    control.clockAheadMs = HOUR;
    attempt.say("too late");
    const all = await reader.rest();
    expect(all).not.toContain("too late");
    attempt.finish();
  },
);
