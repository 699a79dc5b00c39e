import { expect, inject, it } from "vitest";
import { Command } from "../../support/command";
import { guide, pasted } from "../../support/guide";
import { Server } from "../../support/server";

const server = new Server(inject("shared").production);

it("the guide's calls work as pasted", async () => {
  const [card = "", sent = "", withFile = "", far = "", ...rest] = await pasted("a2a.md");
  expect(rest).toEqual([]);
  expect(JSON.parse(card)).toMatchObject({ capabilities: { streaming: true } });
  const [begun, read, listed] = sent
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).result);
  expect(begun.task).toMatchObject({
    contextId: expect.stringMatching(/^my-context-/),
    status: { state: "TASK_STATE_COMPLETED" },
    artifacts: [{ parts: [{ text: expect.stringMatching(/./) }] }],
  });
  expect(read.artifacts).toEqual(begun.task.artifacts);
  expect(listed.tasks).toMatchObject([{ id: begun.task.id }]);
  const { artifacts, history } = JSON.parse(withFile).result.task;
  const url = expect.stringMatching(/\/api\/v1\/files\/file_/);
  expect(artifacts[0].parts.at(-1)).toMatchObject({ mediaType: "image/png", url });
  expect(history[0].parts[1]).toEqual({ filename: "note.txt", mediaType: "text/plain", url });
  expect(JSON.parse(far).result.task).toMatchObject({
    status: { state: "TASK_STATE_COMPLETED" },
    artifacts: [{ parts: [{ text: expect.stringMatching(/./) }] }],
  });
});

it("the guide's client works as it stands", async () => {
  const [, code = ""] = /^```js\n([\s\S]*?)^```$/m.exec(guide("a2a.md")) ?? [];
  const env = { A2A: server.url, TOKEN: await server.token("alice-of-the-guide"), CODE: code };
  // The protocol's package is in the folder of these tests.
  const line = 'cd test/clients && exec node --input-type=module -e "$CODE"';
  const run = new Command("bash", ["-c", line], env);
  expect(await run.end(), run.stderr).toBe(0);
  expect(run.stdout).toMatch(/^completed \[/);
});
