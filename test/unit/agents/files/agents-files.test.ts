import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { callAgent } from "../../../../src/agents/call-agent";
import type { OwnAgent } from "../../../../src/agents/code/own-agent";
import { LIMITS } from "../../../../src/protocol/limits";
import type { StepRequest } from "../../../../src/resources/step";
import { MemoryFiles, QUOTA_USED_UP } from "../../../support/memory-files";
import { base64, pdf, png } from "../../../support/pictures";
import {
  type AgentScript,
  chunk,
  event,
  type RemoteAgent,
  result,
  startRemoteAgent,
} from "../../../support/remote-agent";
import type { Heard } from "../../../support/scripted-model";
import { agentStepFor, privateAllowed } from "../agent-step";
import { joined, listening, outputsOf } from "../step";

let agent: RemoteAgent;
beforeAll(async () => {
  agent = await startRemoteAgent();
});
afterAll(() => agent.close());

let files: MemoryFiles;
beforeEach(() => {
  files = new MemoryFiles();
});

const MIB = 1024 * 1024;

function run(script: AgentScript, changes: Partial<StepRequest> = {}): Promise<Heard[]> {
  agent.script(script);
  return outputsOf(agentStepFor(agent.url, changes), { settings: privateAllowed, files });
}

const file = z.looseObject({ name: z.string(), base64: z.string().optional() });
const body = z.looseObject({
  attachments: z.array(file).optional(),
  context: z.array(z.looseObject({ attachments: z.array(file).optional() })),
});

describe("[FM9] an agent over HTTP", () => {
  it("is handed files with their bytes, and by name past four megabytes in all", async () => {
    const question = files.put("fox.png", "image/png", png(3 * MIB));
    const newer = files.put("new.pdf", "application/pdf", pdf(MIB));
    const older = files.put("old.png", "image/png", png(1, 1));
    await run([result("ok")], {
      attachments: [question],
      context: [
        { role: "user", content: "old", attachments: [older] },
        { role: "assistant", content: "", attachments: [newer] },
      ],
    });
    const sent = body.parse(agent.requests.at(-1)?.body);
    expect(sent.attachments).toEqual([{ ...question, base64: base64(png(3 * MIB)) }]);
    expect(sent.context.map(({ attachments }) => attachments)).toEqual([
      [older],
      [{ ...newer, base64: base64(pdf(MIB)) }],
    ]);
  });

  it("hears nothing of files where there are none", async () => {
    await run([result("ok")]);
    expect(agent.requests.at(-1)?.text).not.toContain("attachments");
  });

  it("is told by name of one that is gone; where one can't be read now, the attempt fails", async () => {
    const gone = files.put("fox.png", "image/png", png());
    files.remove(gone);
    await run([result("ok")], { attachments: [gone] });
    expect(body.parse(agent.requests.at(-1)?.body).attachments).toEqual([gone]);
    files.isDown = true;
    const request = agentStepFor(agent.url, { attachments: [gone] });
    expect(await outputsOf(request, { settings: privateAllowed, files })).toMatchObject([
      { type: "failure", code: "agent_unavailable", retryable: true },
    ]);
  });

  it("sends files while it works; each is committed before what follows", async () => {
    const outputs = await run([
      chunk("a"),
      event("file", { name: "a.png", mediaType: "image/png", base64: base64(png()) }),
      chunk("b"),
      event("result", {}),
    ]);
    expect(outputs.map(({ type }) => type)).toEqual(["text", "file", "text", "finish"]);
    expect(outputs[1]).toMatchObject({ attachment: { name: "a.png", size: 64 } });
  });

  it("may answer with a file alone", async () => {
    const sent = { name: "a.png", mediaType: "image/png", base64: base64(png()) };
    const outputs = await run([event("file", sent), event("result", {})]);
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("sends one of four megabytes, and no larger one", async () => {
    const of = (size: number) => ({ name: "a", mediaType: "image/png", base64: base64(png(size)) });
    const outputs = await run([
      event("file", of(LIMITS.sentFileBytes)),
      event("file", of(LIMITS.sentFileBytes + 3)),
      result("ok"),
    ]);
    expect(outputs.map(({ type }) => type)).toEqual(["file", "log", "text", "finish"]);
    expect(outputs[1]).toMatchObject({ message: expect.stringContaining("larger than 4 MiB") });
  });

  it.each<[string, object, string]>([
    ["nothing in it", { name: "a" }, "neither bytes nor an address"],
    ["no base64", { name: "a", mediaType: "image/png", base64: "§" }, "no base64"],
    [
      "another type than it says",
      { name: "a", mediaType: "image/png", base64: "AAAA" },
      "no image",
    ],
    ["fields of other kinds", { name: 7, mediaType: {}, base64: [] }, "neither bytes"],
    ["an address that is none", { name: "a", mediaType: "a/b", url: "nowhere" }, "is not a URL"],
  ])("a file event with %s costs the file alone", async (_, data, why) => {
    const outputs = await run([event("file", data), result("ok")]);
    expect(outputs.map(({ type }) => type)).toEqual(["log", "text", "finish"]);
    expect(outputs[0]).toMatchObject({ level: "warn", message: expect.stringContaining(why) });
  });

  it("names are made safe", async () => {
    const name = `../../${"x".repeat(300)}\u202e\n.png`;
    const outputs = await run([
      event("file", { name, mediaType: "image/png; a=b", base64: base64(png()) }),
      result("ok"),
    ]);
    const [kept] = outputs.flatMap((one) => (one.type === "file" ? [one.attachment] : []));
    expect(kept?.name).toMatch(/^\.\._\.\._x+\.png$/);
    expect(kept?.name.length).toBeLessThanOrEqual(LIMITS.madeFileNameChars);
  });

  it("what it said before a mark is committed before a file that came after it", async () => {
    const sent = { name: "a.png", mediaType: "image/png", base64: base64(png()) };
    const outputs = await run([
      ...[chunk("a"), event("resumable", {}), chunk("b"), event("resumable", {})],
      ...[event("file", sent), chunk("c"), event("result", {})],
    ]);
    const told = outputs.map(({ type }) => type).filter((type) => type !== "text");
    expect(told).toEqual(["resumable", "resumable", "file", "finish"]);
  });
});

/** What is heard of an agent of the deployer's. */
async function own(does: OwnAgent, changes: Partial<StepRequest> = {}): Promise<Heard[]> {
  const step = agentStepFor("", changes);
  const request: StepRequest = {
    ...step,
    config: { ...step.config, runtime: { runtime: "code", agent: "mine" } },
  };
  const heard: Heard[] = [];
  const doors = { settings: privateAllowed, own: { mine: does }, files };
  const end = await callAgent(request, listening(heard), new AbortController().signal, doors);
  return end ? [...heard, end] : heard;
}

describe("[FM10] an agent in code", () => {
  it("reads what came with the question", async () => {
    const attachments = [files.put("fox.png", "image/png", png())];
    const outputs = await own(
      async (request, voice) => {
        const [first] = request.attachments;
        const bytes = first && (await request.files.read(first));
        voice.text(String(bytes?.length));
        return { type: "finish" };
      },
      { attachments },
    );
    expect(joined(outputs, "text")).toBe("64");
  });

  it("may answer with a file alone", async () => {
    const outputs = await own(async ({ files: own }) => {
      await own.keep({ key: "k", name: "a.png", mediaType: "image/png", bytes: png() });
      return { type: "finish" };
    });
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("keeps files under keys of its own: the same again is the same file", async () => {
    const made = { key: "k", name: "a/b.png", mediaType: "image/png", bytes: png() };
    const ids = new Set<string>();
    const does: OwnAgent = async ({ files: own }, voice) => {
      for (const bytes of [png(), png(64, 1)]) ids.add((await own.keep({ ...made, bytes })).fileId);
      voice.text("ok");
      return { type: "finish" };
    };
    const outputs = await own(does);
    const kept = outputs.flatMap((one) => (one.type === "file" ? [one] : []));
    expect(kept).toMatchObject([{ key: "own:k", stays: "run", attachment: { name: "a_b.png" } }]);
    // Another attempt of the run is told what the first has kept.
    await own(does, { files: kept.map(({ type, ...rest }) => rest) });
    expect(ids.size).toBe(1);
    expect(files.keeps).toBe(1);
  });

  it.each<[string, () => void, string]>([
    ["the quota", () => Object.assign(files, { refusal: QUOTA_USED_UP }), "agent_rejected"],
    ["a bucket that is down", () => Object.assign(files, { isDown: true }), "agent_unavailable"],
  ])("is refused by %s, which it may catch", async (_, refuse, code) => {
    refuse();
    const made = { key: "k", name: "a.png", mediaType: "image/png", bytes: png() };
    const outputs = await own(async ({ files: own }) => {
      await own.keep(made);
      return { type: "finish" };
    });
    expect(outputs.at(-1)).toMatchObject({ type: "failure", code });
    const caught = await own(async ({ files: own }, voice) => {
      await own.keep(made).catch(() => voice.text("without"));
      return { type: "finish" };
    });
    expect(caught.at(-1)).toMatchObject({ type: "finish" });
  });
});
