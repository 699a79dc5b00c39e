import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelConfig } from "../../../../src/resources/agent";
import type { StepFiles } from "../../../../src/resources/step-files";
import { MemoryFiles, QUOTA_USED_UP } from "../../../support/memory-files";
import { answer, done, finish, type Script, text, usage } from "../../../support/model-script";
import { type ModelServer, startModelServer } from "../../../support/model-server";
import { base64, jpeg, pdf, png } from "../../../support/pictures";
import type { Heard } from "../../../support/scripted-model";
import { joined, modelAt, outputsOf, settingsFor, stepFor } from "../step";

let server: ModelServer;
/** What is at an address: of each path its status and bytes. */
const place: Server = createServer((request, response) => {
  const status = Number(request.url?.slice(1));
  response.writeHead(status, { location: "/200", "content-type": "image/png" });
  response.end(status === 200 ? png(300) : "");
});
let address: string;
beforeAll(async () => {
  server = await startModelServer();
  await new Promise<void>((resolve) => place.listen(0, "127.0.0.1", resolve));
  const at = place.address();
  address = `http://127.0.0.1:${typeof at === "object" ? at?.port : 0}`;
});
afterAll(async () => {
  await server.close();
  place.closeAllConnections();
  place.close();
});

let files: MemoryFiles;
beforeEach(() => {
  files = new MemoryFiles();
});

/** What is heard of a model that answers so, one call after the other. */
async function heard(scripts: Script[], settings = {}, store: StepFiles = files): Promise<Heard[]> {
  const left = [...scripts];
  server.respond(() => left.shift() ?? answer("no more"));
  const allowed = { ALLOW_PRIVATE_TARGETS: "true", ...settings };
  const outputs = await outputsOf(stepFor(modelAt(server.url)), {
    settings: settingsFor(server.url, allowed),
    files: store,
  });
  expect(left).toEqual([]);
  return outputs;
}

const of = (bytes: Uint8Array, type = "image/png") => `data:${type};base64,${base64(bytes)}`;
const image = (url: string) => ({ type: "image_url", image_url: { url } });

function saying(delta: Record<string, unknown>, ...words: string[]): Script {
  return [...words.map(text), { do: "delta", delta }, finish(), usage(9, 1120), done];
}

function recorded(outputs: Heard[]) {
  return outputs.flatMap((one) => (one.type === "file" ? [one.attachment] : []));
}

function logged(outputs: Heard[]): string[] {
  return outputs.flatMap((one) => (one.type === "log" ? [one.message] : []));
}

describe("[FM6] what a model makes is stored, committed, and then the answer is over", () => {
  it.each<[string, Record<string, unknown>]>([
    ["images beside the content", { content: "", images: [image(of(png()))] }],
    ["a part of the content", { content: [image(of(png()))] }],
    [
      "inline data",
      { content: [{ inline_data: { mime_type: "image/png", data: base64(png()) } }] },
    ],
  ])("%s", async (_, delta) => {
    const outputs = await heard([saying(delta, "Here:")]);
    expect(outputs.map(({ type }) => type)).toEqual(["text", "file", "finish"]);
    const [attachment] = recorded(outputs);
    expect(attachment).toMatchObject({ name: "picture-1.png", mediaType: "image/png", size: 64 });
    expect(attachment && files.bytesOf(attachment)).toEqual(png());
  });

  it("a whole completion's too", async () => {
    const message = { role: "assistant", content: "Here.", images: [image(of(png()))] };
    const completion = { object: "chat.completion", choices: [{ index: 0, message }] };
    const outputs = await heard([[{ do: "raw", text: JSON.stringify(completion) }]]);
    expect(recorded(outputs)).toHaveLength(1);
  });

  it("is an answer without a word", async () => {
    const outputs = await heard([saying({ images: [image(of(png()))] })]);
    expect(outputs.at(-1)).toMatchObject({ type: "finish", finishReason: "stop" });
  });

  it("comes once, however often it is sent in one answer", async () => {
    const outputs = await heard([
      saying({ images: [image(of(png())), image(of(png())), image(of(png(64, 1)))] }, "Two."),
    ]);
    expect(recorded(outputs)).toHaveLength(2);
    expect(logged(outputs)).toEqual([]);
  });

  it("is what its bytes say, whatever it is called", async () => {
    const [attachment] = recorded(await heard([saying({ images: [image(of(jpeg()))] })]));
    expect(attachment).toMatchObject({ name: "picture-1.jpg", mediaType: "image/jpeg" });
  });

  it("at an address is fetched", async () => {
    const outputs = await heard([saying({ images: [image(`${address}/200`)] }, "There.")]);
    const [attachment] = recorded(outputs);
    expect(attachment && files.bytesOf(attachment)).toEqual(png(300));
  });

  it("with calls of tools is committed with its round", async () => {
    const call = { index: 0, id: "c", type: "function", function: { name: "x", arguments: "{}" } };
    const left: Script[] = [
      saying({ images: [image(of(png()))], tool_calls: [call] }, "First."),
      answer("done"),
    ];
    server.respond(() => left.shift() ?? answer("no more"));
    const clientTools = [{ name: "y", description: "y", inputSchema: { type: "object" } }];
    const outputs = await outputsOf(stepFor(modelAt(server.url), { clientTools }), {
      settings: settingsFor(server.url),
      files,
    });
    expect(outputs.map(({ type }) => type).slice(1, 3)).toEqual(["file", "round"]);
  });
});

describe("[FM7] what is no file is left out, which the log says, and ends nothing", () => {
  const wide = { ALLOW_PRIVATE_TARGETS: "false" };
  it.each<[string, string, string, object]>([
    ["base64 of something else", of(new Uint8Array(3000)), "it is no image/png", {}],
    ["a PDF that is none", of(png(), "application/pdf"), "it is no application/pdf", {}],
    ["nothing", "data:image/png;base64,AA==", "it is no image/png", {}],
    ["an inner address", "http://127.0.0.1:1/x", "its address must be an https address", wide],
    ["an address where nothing is", "http://127.0.0.1:1/x", "cannot be reached", {}],
  ])("%s", async (_, url, why, settings) => {
    const outputs = await heard([saying({ images: [image(url)] }, "Here.")], settings);
    expect(recorded(outputs)).toEqual([]);
    expect(logged(outputs)).toEqual([expect.stringContaining(why)]);
    expect(joined(outputs, "text")).toBe("Here.");
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("an address that redirects, or says no", async () => {
    for (const status of [302, 404]) {
      const outputs = await heard([saying({ images: [image(`${address}/${status}`)] }, "Here.")]);
      expect(logged(outputs)).toEqual([expect.stringContaining(`answers HTTP ${status}`)]);
    }
  });

  it("and where nothing else came, the model is asked once more, and the end says what there was", async () => {
    const nothing = saying({ images: [image(of(new Uint8Array(2000)))] });
    const outputs = await heard([nothing, nothing]);
    expect(outputs.at(-1)).toMatchObject({
      ...{ type: "failure", code: "model_malformed", retryable: false },
      message: "The model answered with what cannot be shown here: a picture.",
    });
  });

  it("an answer carries ten, and the others are named", async () => {
    const images = Array.from({ length: 12 }, (_, i) => image(of(png(64, i))));
    const outputs = await heard([saying({ images }, "Many.")]);
    expect(recorded(outputs)).toHaveLength(10);
    expect(logged(outputs)).toEqual([
      "The file picture-11.png was left out: an answer carries at most 10 files.",
      "The file picture-12.png was left out: an answer carries at most 10 files.",
    ]);
  });

  it("what its user's quota has no room for", async () => {
    files.refusal = QUOTA_USED_UP;
    const outputs = await heard([saying({ images: [image(of(png()))] }, "Here.")]);
    expect(logged(outputs)).toEqual([expect.stringContaining("the quota for files is used up")]);
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("a bucket that fails is asked again; one that goes on failing costs the file alone", async () => {
    let tries = 0;
    const failing = (times: number): StepFiles => ({
      read: (file) => files.read(file),
      keep: async (made) => {
        if (++tries <= times) throw new Error("down");
        return files.keep(made);
      },
    });
    const script = saying({ images: [image(of(png()))] }, "Here.");
    expect(recorded(await heard([script], {}, failing(1)))).toHaveLength(1);
    tries = 0;
    const outputs = await heard([script], {}, failing(9));
    expect(logged(outputs)).toEqual([expect.stringContaining("files cannot be stored now")]);
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });
});

describe("the demo model", () => {
  const demo: Partial<ModelConfig> = { provider: "demo", model: "demo" };

  it("names what came with the question, and draws where it is asked to", async () => {
    const attachments = [files.put("photo.png", "image/png", png(12_288))];
    const request = stepFor(modelAt("http://127.0.0.1:1", demo), {
      ...{ attachments, input: "/picture /fast" },
    });
    const outputs = await outputsOf(request, { settings: settingsFor(server.url), files });
    expect(joined(outputs, "text")).toContain("You attached photo.png (image/png, 12 KB).");
    expect(recorded(outputs)).toMatchObject([{ name: "picture-1.png", mediaType: "image/png" }]);
  });
});

it("[FM6] a PDF is one too", async () => {
  const part = {
    type: "file",
    file: { filename: "x.pdf", file_data: of(pdf(), "application/pdf") },
  };
  const [attachment] = recorded(await heard([saying({ content: [part] }, "Here.")]));
  expect(attachment).toMatchObject({ name: "file-1.pdf", mediaType: "application/pdf" });
});
