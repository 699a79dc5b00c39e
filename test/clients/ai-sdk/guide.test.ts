import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { BOUNDS } from "../../../src/operations/ai-sdk/chat-request";
import { AI_SDK } from "../../../src/operations/ai-sdk/face";
import { ROOT } from "../../support/command";
import { guide, pasted } from "../../support/guide";

const page = guide("ai-sdk.md");

it("the guide names every path of the face, and its bounds", () => {
  for (const { method, path } of Object.values(AI_SDK.groups.chat)) {
    expect(page).toContain(`\`${method.toUpperCase()} ${path.replace("{chatId}", "{id}")}\``);
  }
  expect(page).toContain(`${BOUNDS.bodyBytes / 1024 / 1024} MiB`);
  expect(page).toContain(`${BOUNDS.messages.toLocaleString("en")} messages`);
});

it("the example installs the versions that the tests run", () => {
  const dependencies = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));
  const example = dependencies("examples/ai-sdk-chat/package.json").dependencies;
  expect(dependencies("test/clients/package.json").devDependencies).toMatchObject(example);
});

it("the guide's words to assistant-ui are those of the page that the tests run", () => {
  const [, said = ""] = /prepareSendMessagesRequest: (.*?body: \{.*?\},)/s.exec(page) ?? [];
  const run = readFileSync(join(ROOT, "test/clients/pages/assistant.tsx"), "utf8");
  expect(run.replace(/\s+/g, " ")).toContain(said.replace(/\s+/g, " "));
  expect(said).not.toBe("");
});

it("the guide's calls work as pasted: a message that comes twice carries its file once", async () => {
  const [told = ""] = await pasted("ai-sdk.md");
  expect(told.match(/^data: .*"mediaType":"image\/png"/gm)?.length).toBe(2);
  const { messages } = JSON.parse(told.slice(told.indexOf('{"messages"')));
  expect(messages).toHaveLength(2);
  expect(messages[0].parts).toMatchObject([
    { type: "file", filename: "note.txt", mediaType: "text/plain" },
    { type: "text" },
  ]);
});
