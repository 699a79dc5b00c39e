import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelConfig } from "../../../../src/resources/agent";
import type { StepRequest } from "../../../../src/resources/step";
import { type McpServer, startMcpServer } from "../../../support/mcp-server";
import { MemoryFiles } from "../../../support/memory-files";
import { answer, round, type Script, status } from "../../../support/model-script";
import { type ModelServer, startModelServer } from "../../../support/model-server";
import { base64, png } from "../../../support/pictures";
import type { Heard } from "../../../support/scripted-model";
import { modelAt, outputsOf, settingsFor, stepFor } from "../step";

let model: ModelServer;
beforeAll(async () => {
  model = await startModelServer();
});
afterAll(() => model.close());

let files: MemoryFiles;
let server: McpServer | undefined;
beforeEach(() => {
  files = new MemoryFiles();
});
afterEach(() => server?.close());

/** What is heard where a tool answers with this content. */
async function heard(
  content: object[],
  changes: Partial<ModelConfig> = {},
  more: Partial<StepRequest> = {},
  scripts: Script[] = [round("Looking.", "shoot", {}), answer("Seen.")],
): Promise<Heard[]> {
  server = await startMcpServer([{ name: "shoot", call: () => ({ result: { content } }) }]);
  const left = [...scripts];
  model.respond(() => left.shift() ?? answer("no more"));
  const step = stepFor(modelAt(model.url, changes), more);
  const mcpServers = { camera: { url: server.url, headers: {} } };
  return outputsOf(
    { ...step, config: { ...step.config, mcpServers } },
    { settings: settingsFor(model.url, { ALLOW_PRIVATE_TARGETS: "true" }), files },
  );
}

const image = (bytes: Uint8Array, mimeType = "image/png") => ({
  ...{ type: "image", data: base64(bytes), mimeType },
});

function outputIn(outputs: Heard[]): string {
  const result = outputs.find((one) => one.type === "tool-result");
  return result && "output" in result ? String(result.output) : "";
}

const recorded = (outputs: Heard[]) => outputs.filter((one) => one.type === "file");
const lastMessages = () => model.requests.at(-1)?.body.messages ?? [];

describe("[FM8] files in what a tool gave", () => {
  it("are stored before its result is committed, together with it", async () => {
    const resource = { uri: "file:///out/report%20one.csv", mimeType: "text/csv", text: "a,b" };
    const blob = { uri: "x://y/z.bin", blob: base64(new Uint8Array([1, 2, 3])) };
    const outputs = await heard([
      { type: "text", text: "Done." },
      image(png()),
      { type: "audio", data: base64(new Uint8Array(9)), mimeType: "audio/wav" },
      { type: "resource", resource },
      { type: "resource", resource: blob },
    ]);
    expect(outputs.map(({ type }) => type)).toEqual([
      ...["text", "round", "tool-call"],
      ...["file", "file", "file", "file", "tool-result", "text", "finish"],
    ]);
    expect(recorded(outputs)).toMatchObject([
      { call: { round: 0, index: 0 }, attachment: { name: "shoot-1.png", size: 64 } },
      { attachment: { name: "shoot-2.wav", mediaType: "audio/wav" } },
      { attachment: { name: "report one.csv", mediaType: "text/csv", size: 3 } },
      { attachment: { name: "z.bin", mediaType: "application/octet-stream", size: 3 } },
    ]);
    // What it gave as text is read as text, and files are named.
    expect(outputIn(outputs)).toContain("Done.\n[image: image/png]\n[audio: audio/wav]\na,b");
    expect(outputIn(outputs)).toContain(
      "[Attached to the answer: shoot-1.png (image/png, 64 bytes)]",
    );
  });

  it("pictures go to the model behind the results, where it takes them", async () => {
    await heard([image(png())]);
    const [tool, user] = lastMessages().slice(-2);
    expect(tool).toMatchObject({ role: "tool", content: expect.stringContaining("shoot-1.png") });
    expect(user).toEqual({
      role: "user",
      content: [
        { type: "text", text: "[From the tool shoot:]" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${base64(png())}` } },
      ],
    });
  });

  it("else it has the line alone", async () => {
    await heard([image(png())], { input: ["text"] });
    expect(lastMessages().at(-1)).toMatchObject({ role: "tool" });
    expect(JSON.stringify(lastMessages())).not.toContain("base64,");
  });

  it("within the result for Anthropic and OpenAI, also of an earlier attempt", async () => {
    const attachment = files.put("shoot-1.png", "image/png", png());
    const call = { round: 0, index: 0 };
    const rounds = [
      {
        ...{ round: 0, text: "Looking." },
        calls: [{ index: 0, toolCallId: "c1", name: "shoot", input: {}, output: "ok" }],
      },
    ];
    const more: Partial<StepRequest> = { rounds, files: [{ key: "0:0:x", attachment, call }] };
    const claude = { provider: "anthropic" as const, model: "claude-sonnet-4-5" };
    await heard([], claude, more, [status(401)]);
    expect(JSON.stringify(lastMessages().at(-1))).toContain(
      JSON.stringify({ type: "base64", media_type: "image/png", data: base64(png()) }),
    );
    const openai = { provider: "openai" as const, model: "gpt-4.1" };
    await heard([], openai, more, [status(401)]);
    expect(JSON.stringify(model.requests.at(-1)?.body)).toContain(
      `"image_url":"data:image/png;base64,${base64(png())}"`,
    );
  });

  it("a provider that refuses them there gets the line, in the same attempt", async () => {
    const scripts = [round("Looking.", "shoot", {}), status(400), answer("Seen.")];
    const outputs = await heard([image(png())], {}, {}, scripts);
    expect(lastMessages().at(-1)).toMatchObject({ role: "tool" });
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });
});

describe("[FM8] what is no file, or too many, is a line to the model and in the log", () => {
  it("eleven of one call", async () => {
    const outputs = await heard(Array.from({ length: 11 }, (_, i) => image(png(64, i))));
    expect(recorded(outputs)).toHaveLength(10);
    const line = "shoot-11.png: an answer carries at most 10 files]";
    expect(outputIn(outputs)).toContain(`[A file was left out: ${line}`);
    expect(outputs.filter(({ type }) => type === "log")).toHaveLength(1);
  });

  it("those of earlier attempts count", async () => {
    const kept = Array.from({ length: 10 }, (_, i) => ({
      ...{ key: `k${i}`, attachment: files.put(`${i}.png`, "image/png", png(64, i)) },
    }));
    const outputs = await heard([image(png(64, 99))], {}, { files: kept });
    expect(recorded(outputs)).toEqual([]);
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it.each([
    ["no base64", { type: "image", data: "§§§", mimeType: "image/png" }, "it is no base64"],
    ["no picture", image(new Uint8Array(500)), "it is no image/png"],
    ["empty", { type: "image", data: "", mimeType: "image/png" }, "it is empty"],
  ])("%s", async (_, part, why) => {
    const outputs = await heard([part, { type: "text", text: "else" }]);
    expect(recorded(outputs)).toEqual([]);
    expect(outputIn(outputs)).toContain(why);
    expect(outputIn(outputs)).toContain("else");
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("thirty megabytes are an error of the tool", async () => {
    const data = "A".repeat(30 * 1024 * 1024);
    const outputs = await heard([{ type: "image", data, mimeType: "image/png" }]);
    expect(outputs.find(({ type }) => type === "tool-result")).toMatchObject({
      error: expect.stringContaining("server"),
    });
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
    expect(files.keeps).toBe(0);
  });
});
