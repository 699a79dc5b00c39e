import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { RETRY_INITIAL_MS, type Stage } from "../../faults/stage";
import {
  answer,
  done,
  errorInside,
  finish,
  hang,
  reset,
  type Script,
  status,
  text,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { type WireClient, WireUser } from "../../support/wire-client";

const SECRET = "what-the-provider-says-about-sk-12345";
/** The server's own, with which it calls the model. */
export const OPERATOR_KEY = "key-of-the-operator";

let model: ModelServer;
let alice: WireUser;
let client: WireClient;
let taskId: string;

const error = z.looseObject({
  code: z.string(),
  retryable: z.boolean(),
  retryInMs: z.number().optional(),
});

async function fail(): Promise<z.infer<typeof error>[]> {
  await client.ask("chat:send", { content: "hello" });
  await client.frames.next(
    ({ type }) => type === "task:status" && client.frames.state?.task.status !== "RUNNING",
  );
  return client.frames.of("chat:error").map(({ data }) => error.parse(data));
}

/** Everything that anybody can read about the task. */
async function readable(): Promise<string> {
  const paths = ["", "/turns", "/events", "/logs", "/stats"].map(
    (path) => `/tasks/${taskId}${path}`,
  );
  const answers = await Promise.all(
    [...paths, `/messages?taskId=${taskId}`].map((path) => alice.call("GET", path)),
  );
  const texts = await Promise.all(answers.map((response) => response.text()));
  return JSON.stringify(client.frames.all) + texts.join();
}

async function expectNoLeak(): Promise<void> {
  const all = await readable();
  for (const secret of [SECRET, OPERATOR_KEY, model.url]) expect(all).not.toContain(secret);
}

const body = { error: { message: SECRET, type: SECRET, code: SECRET } };

/** What a room makes of a model that fails, in every way that one does. */
export function providers(theStage: () => Stage): void {
  beforeAll(async () => {
    const stage = theStage();
    model = stage.model;
    alice = await WireUser.of(stage.server, "alice");
  });

  beforeEach(async () => {
    model.requests.length = 0;
    taskId = await alice.newTask();
    client = await alice.join(taskId);
  });

  describe("[A4] a failure that may pass is tried three times, then the turn fails with its code", () => {
    const cases: [string, Script, string][] = [
      ["429 without Retry-After", status(429, {}, body), "model_rate_limited"],
      ["503", status(503, {}, body), "model_unavailable"],
      ["500 with a page of text", status(500, {}, SECRET.repeat(1000)), "model_unavailable"],
      ["nothing before the first byte", [hang], "model_timeout"],
      ["headers and then nothing", [{ do: "headers" }, hang], "model_timeout"],
      ["a stall in mid-stream", [text("half "), hang], "model_timeout"],
      ["a connection cut in mid-stream", [text("half "), reset], "model_unavailable"],
      ["a connection cut before the first byte", [reset], "model_unavailable"],
      ["a stream that just ends", [text("half ")], "model_unavailable"],
      [
        "what is no JSON",
        [text("half "), { do: "raw", text: `data: {${SECRET}\n\n` }, done],
        "model_malformed",
      ],
      [
        "an error inside a 200",
        [errorInside({ message: SECRET, type: "rate_limit_error" })],
        "model_rate_limited",
      ],
    ];
    it.each(cases)("%s", async (_, script, code) => {
      model.respond(() => script);
      const errors = await fail();
      expect(errors).toMatchObject([
        { code, retryable: true, retryInMs: RETRY_INITIAL_MS },
        { code, retryable: true, retryInMs: RETRY_INITIAL_MS * 2 },
        { code, retryable: false },
      ]);
      expect(model.requests).toHaveLength(3);
      expect(client.frames.state?.task.status).toBe("FAILED");
      const [, kept] = client.frames.state?.messages ?? [];
      // A reset may overtake what was written before it.
      if (script.includes(reset)) expect(kept?.status ?? "failed").toBe("failed");
      else if (script[0]?.do === "delta")
        expect(kept).toMatchObject({ content: "half ", status: "failed" });
      else expect(kept).toBeUndefined();
      await expectNoLeak();
    });
  });

  describe("[A4] a failure that no retry mends is final at once", () => {
    const cases: [string, Script][] = [
      ["400", status(400, {}, body)],
      ["401", status(401, {}, body)],
      ["404", status(404, {}, body)],
      ["the content filter", [finish("content_filter"), done]],
      ["the content filter in mid-stream", [text("half "), finish("content_filter"), done]],
    ];
    it.each(cases)("%s", async (_, script) => {
      model.respond(() => script);
      expect(await fail()).toMatchObject([{ code: "model_rejected", retryable: false }]);
      expect(model.requests).toHaveLength(1);
      expect(client.frames.state?.task.status).toBe("FAILED");
      await expectNoLeak();
    });
  });

  it("[A8] an answer without a word is asked for once more, and then final", async () => {
    model.respond(() => [finish(), done]);
    expect(await fail()).toMatchObject([{ code: "model_malformed", retryable: false }]);
    expect(model.requests).toHaveLength(2);
    expect(client.frames.state?.task.status).toBe("FAILED");
    await expectNoLeak();
  });

  it("[A4] Retry-After is honoured: not sooner, and then the answer comes", async () => {
    model.respond(() => answer("at last"));
    model.script(status(429, { "retry-after": "1" }, body));
    const [error] = await fail();
    expect(error).toMatchObject({ code: "model_rate_limited", retryable: true, retryInMs: 1000 });
    const [first, second, third] = model.requests;
    expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(1000);
    expect(third).toBeUndefined();
    expect(client.frames.state?.task.status).toBe("COMPLETED");
    expect(client.frames.state?.messages.at(-1)).toMatchObject({ content: "at last" });
    await expectNoLeak();
  });

  it("[A3] an attempt that failed half-way leaves nothing in the answer of the next", async () => {
    model.respond(() => answer("whole ", "🎉"));
    model.script([text("half "), reset]);
    await fail();
    expect(client.frames.state?.messages.at(-1)).toMatchObject({
      content: "whole 🎉",
      status: "complete",
      metadata: { attempt: 2 },
    });
  });

  it("[A4] a provider that refuses the connection is unavailable, and is called again when it is back", async () => {
    const port = Number(new URL(model.url).port);
    await model.close();
    const errors = await fail();
    expect(errors).toMatchObject([
      { code: "model_unavailable", retryable: true },
      { code: "model_unavailable", retryable: true },
      { code: "model_unavailable", retryable: false },
    ]);
    await expectNoLeak();
    const again = await startModelServer(port);
    again.respond(() => answer("back"));
    const turnId = client.frames
      .of("chat:error")
      .map(({ data }) => z.looseObject({ turnId: z.string() }).parse(data).turnId)[0];
    await client.ask("chat:retry", { turnId });
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
    expect(client.frames.state?.messages.at(-1)).toMatchObject({ content: "back" });
    await again.close();
  });
}
