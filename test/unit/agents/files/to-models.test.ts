import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Attachment } from "../../../../src/protocol/files/attachment";
import { LIMITS } from "../../../../src/protocol/limits";
import type { ModelConfig } from "../../../../src/resources/agent";
import type { ContextMessage, StepRequest } from "../../../../src/resources/step";
import { MemoryFiles } from "../../../support/memory-files";
import { answer, type Script, status } from "../../../support/model-script";
import {
  type ModelRequest,
  type ModelServer,
  startModelServer,
} from "../../../support/model-server";
import { base64, jpeg, pdf, png } from "../../../support/pictures";
import { modelAt, outputsOf, settingsFor, stepFor } from "../step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

let files: MemoryFiles;
beforeEach(() => {
  files = new MemoryFiles();
});

const MIB = 1024 * 1024;

/** What the provider gets where this is asked, and what is heard. */
async function asked(
  changes: Partial<StepRequest>,
  model: Partial<ModelConfig> = {},
  ...scripts: Script[]
) {
  const n = server.requests.length;
  const left = [...scripts];
  server.respond(() => left.shift() ?? answer("ok"));
  const request = stepFor(modelAt(server.url, model), changes);
  const outputs = await outputsOf(request, { settings: settingsFor(server.url), files });
  const bodies = server.requests.slice(n).map(({ body }) => body);
  return { outputs, bodies };
}

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
type Part = z.infer<typeof part>;

/** The parts of the last message of a chat completion. */
function partsOf(body: ModelRequest["body"] | undefined): Part[] {
  const content = body?.messages?.at(-1)?.content;
  if (typeof content === "string") return [{ type: "text", text: content }];
  return z.array(part).parse(content);
}

function textOf(body: Parameters<typeof partsOf>[0]): string {
  return partsOf(body)
    .map(({ text }) => text ?? "")
    .join("\n");
}

async function toldOf(file: Attachment, model: Partial<ModelConfig> = {}): Promise<string> {
  const { bodies } = await asked({ attachments: [file] }, model);
  // A message with megabytes in it would say less, and take minutes.
  expect(JSON.stringify(bodies).includes("base64,")).toBe(false);
  return textOf(bodies[0]);
}

describe("[FM1] a model gets the files of the question as it takes them", () => {
  it("pictures and PDFs byte by byte, as parts beside the words", async () => {
    const attachments = [
      files.put("fox.png", "image/png", png(5000)),
      files.put("fox.jpg", "image/jpeg", jpeg(3000)),
      files.put("paper.pdf", "application/pdf", pdf(2000)),
    ];
    const { bodies } = await asked({ input: "What is this?", attachments });
    expect(partsOf(bodies[0])).toEqual([
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${base64(png(5000))}` } },
      { type: "image_url", image_url: { url: `data:image/jpeg;base64,${base64(jpeg(3000))}` } },
      {
        type: "file",
        file: {
          filename: "paper.pdf",
          file_data: `data:application/pdf;base64,${base64(pdf(2000))}`,
        },
      },
    ]);
  });

  it("a PDF under a name that says so", async () => {
    const attachments = [files.put("Invoice no.12", "application/pdf", pdf(2000))];
    const { bodies } = await asked({ attachments });
    expect(JSON.stringify(bodies[0])).toContain('"filename":"Invoice no.12.pdf"');
  });

  it("without a word where nothing was said", async () => {
    const attachments = [files.put("fox.png", "image/png", png())];
    const { bodies } = await asked({ input: "", attachments });
    expect(partsOf(bodies[0]).map(({ type }) => type)).toEqual(["image_url"]);
  });

  it("Anthropic's in blocks", async () => {
    const attachments = [
      files.put("fox.png", "image/png", png()),
      files.put("paper.pdf", "application/pdf", pdf()),
    ];
    const model = { provider: "anthropic" as const, model: "claude-sonnet-4-5" };
    const { bodies } = await asked({ attachments }, model, status(400));
    expect(JSON.stringify(bodies[0])).toContain(
      JSON.stringify({ type: "base64", media_type: "image/png", data: base64(png()) }),
    );
    expect(JSON.stringify(bodies[0])).toContain(
      JSON.stringify({ type: "base64", media_type: "application/pdf", data: base64(pdf()) }),
    );
  });

  it("OpenAI's as inputs", async () => {
    const attachments = [
      files.put("fox.png", "image/png", png()),
      files.put("paper.pdf", "application/pdf", pdf()),
    ];
    const model = { provider: "openai" as const, model: "gpt-4.1" };
    const { bodies } = await asked({ attachments }, model, status(400));
    const sent = JSON.stringify(bodies[0]);
    expect(sent).toContain(`"image_url":"data:image/png;base64,${base64(png())}"`);
    expect(sent).toContain(`"file_data":"data:application/pdf;base64,${base64(pdf())}"`);
  });

  it.each([
    ["notes.md", "text/markdown"],
    ["table.csv", "text/csv"],
    ["data.json", "application/json"],
    ["feed.atom", "application/atom+xml"],
    ["drawing.svg", "image/svg+xml"],
    ["main.rs", "application/octet-stream"],
    ["index.ts", "video/mp2t"],
    ["Makefile", "application/octet-stream"],
  ])("text as text, named and fenced: %s of %s", async (name, mediaType) => {
    const text = "a,b\n```\n1,ü";
    const told = await toldOf(files.put(name, mediaType, text), { input: ["text"] });
    expect(told).toContain(`[A file was attached: ${name} (${mediaType}, 12 bytes)]`);
    // No text ends its own fence.
    expect(told).toContain(`\n${text}\n\`\`\`\``);
  });

  it.each([
    ["UTF-16", Buffer.from("\ufeffGrüße", "utf16le")],
    ["a letter a byte", Buffer.from("Grüße", "latin1")],
  ])("text in %s", async (_, bytes) => {
    expect(await toldOf(files.put("a.txt", "text/plain", new Uint8Array(bytes)))).toContain(
      "Grüße",
    );
  });
});

describe("[FM2] what a model does not get is named to it", () => {
  it.each<[string, string, Partial<ModelConfig>]>([
    ["a picture", "image/png", { input: ["text"] }],
    ["a PDF", "application/pdf", { input: ["text", "image"] }],
    ["a picture of a kind that no provider takes", "image/heic", {}],
    ["an archive", "application/zip", {}],
    ["sound", "audio/wav", {}],
  ])("%s that it cannot read", async (_, mediaType, model) => {
    const bytes = mediaType === "image/png" ? png(12_288) : pdf(12_288);
    const told = await toldOf(files.put("x.bin", mediaType, bytes), model);
    expect(told).toBe(
      `Hello?\n\n[A file was attached that this model can't read: x.bin (${mediaType}, 12 KB)]`,
    );
    expect(files.reads).toEqual([]);
  });

  it("a picture over its provider's bound, which is not read either", async () => {
    const large = { ...files.put("x.png", "image/png", png()), size: 3.75 * MIB + 1 };
    const model = { provider: "anthropic" as const, model: "claude-sonnet-4-5" };
    const { bodies } = await asked({ attachments: [large] }, model, status(400));
    expect(JSON.stringify(bodies[0])).toContain("that is too large for this model: x.png");
    expect(files.reads).toEqual([]);
  });

  it("one that is larger than it was said to be", async () => {
    const lying = files.put("x.png", "image/png", png(LIMITS.promptFilesBytes + 1));
    expect(await toldOf({ ...lying, size: 10 })).toContain("too large");
  });

  it("one that is gone", async () => {
    const gone = files.put("x.png", "image/png", png());
    files.remove(gone);
    expect(await toldOf(gone)).toContain("[A file was attached that is gone: x.png (image/png,");
  });

  it("one that is no picture, whatever it says of itself", async () => {
    expect(await toldOf(files.put("x.png", "image/png", "<html>"))).toContain("can't read");
  });

  it("a text that is none", async () => {
    const bytes = new Uint8Array([0, 255, 254, 0, 1]);
    expect(await toldOf(files.put("x.txt", "text/plain", bytes))).toContain("can't read");
  });

  it("and a picture that is another than it says goes as what it is", async () => {
    const { bodies } = await asked({ attachments: [files.put("x.png", "image/png", jpeg())] });
    expect(JSON.stringify(bodies[0])).toContain("data:image/jpeg;base64,");
  });
});

describe("[FM3] files of a request are bounded together", () => {
  const history = (n: number, size: number): ContextMessage[] =>
    Array.from({ length: n }, (_, i) => [
      {
        role: "user" as const,
        content: `picture ${i}`,
        attachments: [files.put(`p${i}.png`, "image/png", png(size, i))],
      },
      { role: "assistant" as const, content: `seen ${i}` },
    ]).flat();

  it("the newest go, older ones are named", async () => {
    const context = history(5, 3 * MIB);
    const attachments = [files.put("now.png", "image/png", png(3 * MIB))];
    const { bodies } = await asked({ context, attachments }, { contextWindow: 1_000_000 });
    const contents = (bodies[0]?.messages ?? []).map(({ content }) => JSON.stringify(content));
    const sent = contents.map((content) => content.includes("base64,"));
    // The instructions, five times a question and its answer, and the question.
    expect(sent).toEqual([
      ...[false, false, false, false, false, false, false],
      ...[true, false, true, false, true],
    ]);
    expect(contents[1]).toContain("that there is no room for here: p0.png");
  });

  it("by the model's window too; what is named for that counts as shortened", async () => {
    const context = history(3, 1000);
    const { bodies, outputs } = await asked({ context }, { contextWindow: 2000 });
    const sent = JSON.stringify(bodies[0]);
    expect(sent.match(/base64,/g)).toBeNull();
    expect(sent).toContain("picture 2");
    expect(outputs.at(-1)).toMatchObject({ type: "finish", truncatedContext: 3 });
  });

  it("a long text is cut to what the window has, and to its own bound", async () => {
    const long = files.put("long.txt", "text/plain", "word ".repeat(200_000));
    const narrow = await toldOf(long, { contextWindow: 8000 });
    expect(narrow.length).toBeLessThan(24_000);
    expect(narrow).toContain("the rest of the file is left out");
    const wide = await toldOf(long, { contextWindow: 10_000_000 });
    expect(wide.length).toBeGreaterThan(LIMITS.promptTextBytes);
    expect(wide.length).toBeLessThan(LIMITS.promptTextBytes + 1000);
  });

  it("several texts share the room", async () => {
    const attachments = Array.from({ length: 10 }, (_, i) =>
      files.put(`t${i}.txt`, "text/plain", `begin${i} ${"word ".repeat(50_000)}`),
    );
    const { bodies } = await asked({ attachments }, { contextWindow: 16_000 });
    const told = textOf(bodies[0]);
    for (const i of attachments.keys()) expect(told).toContain(`begin${i} word`);
    expect(told.length).toBeLessThan(48_000);
  });
});

describe("[FM4] what an answer carries", () => {
  it("goes to later models with the message behind it", async () => {
    const picture = files.put("fox.png", "image/png", png());
    const context: ContextMessage[] = [
      { role: "user", content: "Draw a fox." },
      { role: "assistant", content: "", attachments: [picture] },
    ];
    const { bodies } = await asked({ context, input: "Bluer!" });
    expect(bodies[0]?.messages?.slice(1).map(({ role }) => role)).toEqual([
      ...["user", "assistant", "user"],
    ]);
    const [words, image] = partsOf(bodies[0]);
    expect(words?.text).toMatch(/^\[These files came with the answer above: fox\.png .*Bluer!$/s);
    expect(image).toMatchObject({ type: "image_url" });
  });
});

describe("[FM5] a file that cannot be had", () => {
  it("now fails the attempt, which may pass: nobody answers to a picture unseen", async () => {
    const attachments = [files.put("fox.png", "image/png", png())];
    files.isDown = true;
    const before = server.requests.length;
    const request = stepFor(modelAt(server.url), { attachments });
    const outputs = await outputsOf(request, { settings: settingsFor(server.url), files });
    expect(outputs).toMatchObject([
      { type: "failure", code: "model_unavailable", retryable: true },
    ]);
    expect(server.requests).toHaveLength(before);
  });

  it.each([
    ["400", status(400, {}, { error: { message: "image input is not supported" } })],
    ["404", status(404, {}, { error: { message: "No endpoints found that support image input" } })],
    ["415", status(415)],
  ])("by the provider's own word (%s) is named, in the same attempt", async (_, refusal) => {
    const attachments = [files.put("fox.png", "image/png", png())];
    const { bodies, outputs } = await asked({ attachments }, {}, refusal, answer("ok"));
    expect(JSON.stringify(bodies[0])).toContain("base64,");
    expect(textOf(bodies[1])).toContain("that this model can't read: fox.png");
    expect(JSON.stringify(bodies[1])).not.toContain("base64,");
    expect(outputs).toMatchObject([
      { type: "log", level: "warn" },
      { type: "text" },
      { type: "finish" },
    ]);
  });

  it.each([
    ["a key that is not accepted", status(401)],
    ["a model that is not known", status(404, {}, { error: { code: "model_not_found" } })],
  ])("is no cause of %s", async (_, refusal) => {
    const attachments = [files.put("fox.png", "image/png", png())];
    const { bodies } = await asked({ attachments }, {}, refusal);
    expect(bodies).toHaveLength(1);
  });

  it("for the window: the call that is shortened names it", async () => {
    const attachments = [files.put("paper.pdf", "application/pdf", pdf(400_000))];
    const overflow = status(400, {}, { error: { code: "context_length_exceeded" } });
    const { bodies, outputs } = await asked({ attachments }, {}, overflow, answer("ok"));
    expect(bodies).toHaveLength(2);
    expect(textOf(bodies[1])).toContain("no room for here: paper.pdf");
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });
});
