import { afterEach, expect, inject, it } from "vitest";
import { serious } from "../support/axe";
import { finish, text } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { toolTeam } from "../support/tool-team";
import { type Visitor, visitors } from "../support/visitor";
import { WireUser } from "../support/wire-client";

const come = visitors();
const servers: ModelServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** Somebody who is answered with this text, in pieces of so many characters. */
async function answered(answer: string, piece: number): Promise<Visitor> {
  const visitor = await come.signedIn();
  const models = await startModelServer();
  servers.push(models);
  const user = await WireUser.of(new Server(inject("shared").production), visitor.userId);
  const teamRef = await toolTeam(user, models, {});
  const pieces = Array.from({ length: Math.ceil(answer.length / piece) }, (_, i) =>
    text(answer.slice(i * piece, (i + 1) * piece)),
  );
  models.script([...pieces, finish(), { do: "done" }]);
  const response = await visitor.api("POST", "/tasks", { teamRef, prompt: "Go" });
  const { id } = JSON.parse(await response.text());
  await visitor.page.goto(`${visitor.url}/tasks/${id}`);
  return visitor;
}

/** What was given to the clipboard last: a headless browser lets nobody read it back. */
const copied = (visitor: Visitor) => visitor.page.evaluate(() => document.body.dataset.copied);

async function watchClipboard({ page }: Visitor): Promise<void> {
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (given) => {
      document.body.dataset.copied = given;
    };
  });
}

const LINE = "const answer = 42; // what else\n";

it.each([
  [
    "a table of 5,000 rows",
    `| n | word |\n|---|---|\n${Array.from({ length: 5000 }, (_, n) => `| ${n} | **w** |\n`).join("")}\nThe end.`,
    ["tbody tr", 5000],
  ],
  ["code of 300 KB", `\`\`\`js\n${LINE.repeat(9400)}\`\`\`\n\nThe end.`, [".code-block", 1]],
  ["2,000 quotes within one another", `${"> ".repeat(2000)}deep\n\nThe end.`, ["blockquote", 12]],
] as const)("%s streams, and the page stays usable", async (_, answer, [what, count]) => {
  const visitor = await answered(answer, 400);
  const { page } = visitor;
  await page.getByLabel("Message", { exact: true }).fill("typed meanwhile");
  await page.locator("li.assistant").getByText("The end.").waitFor();
  expect(await page.locator("li.assistant").locator(what).count()).toBe(count);
  expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("typed meanwhile");
});

it("a long table is still one to who cannot see it", async () => {
  const rows = Array.from({ length: 120 }, (_, n) => `| ${n} | **w** |\n`).join("");
  const { page } = await answered(`| n | word |\n|---|---|\n${rows}\nThe end.`, 400);
  const message = page.locator("li.assistant");
  await message.getByText("The end.").waitFor();
  const table = message.getByRole("table");
  await table.getByRole("columnheader", { name: "word" }).waitFor();
  expect(await table.getByRole("row").count()).toBe(121);
  expect(await serious(page)).toEqual([]);
});

it("code is coloured by its language and copied as it was written, and so is a message", async () => {
  const code = 'function greet(name) {\n  return "Hello " + name;\n}';
  const answer = `Look:\n\n\`\`\`js\n${code}\n\`\`\`\n\nThat is **all**.`;
  const visitor = await answered(answer, 10);
  const message = visitor.page.locator("li.assistant");
  await message.locator(".hljs-keyword", { hasText: "function" }).waitFor();
  await message.locator(".hljs-string", { hasText: '"Hello "' }).waitFor();
  await watchClipboard(visitor);
  await message.getByRole("button", { name: "Copy the code" }).click();
  await message.getByText("Copied").first().waitFor();
  expect(await copied(visitor)).toBe(code);
  await message.getByRole("button", { name: "Copy the message" }).click();
  await expect.poll(() => copied(visitor)).toBe(answer);
});

it("formulas are typeset, prices are not, and what is no formula stays as it was written", async () => {
  const answer = [
    "Inline \\(a^2 + b^2\\) and $c^2$, for $5 or $10.",
    "$$\n\\frac{1}{2}\n$$",
    "\\[ \\unknowncommand{x} \\]",
    "\\(\\href{javascript:alert(1)}{x}\\) \\(\\htmlStyle{color: red}{y}\\)",
    "The end.",
  ].join("\n\n");
  const { page } = await answered(answer, 7);
  const message = page.locator("li.assistant");
  await message.getByText("The end.").waitFor();
  await message.locator("math mfrac").waitFor();
  await message.locator("math msup").nth(2).waitFor();
  await message.getByText("for $5 or $10.").waitFor();
  await message.locator("code.formula", { hasText: "unknowncommand" }).waitFor();
  const hostile = message.locator(
    ":is(math, .formula) :is(a, [href], [style], [onclick], annotation)",
  );
  expect(await hostile.count()).toBe(0);
});

const HEBREW = `שלום, עולם (1).

- ראשון
- \`npm start\` שני

> ציטוט

| שם | מספר |
| - | - |
| א | 1 |

And English (2).

\`\`\`js
const שלום = 1;
\`\`\`
`;

it("each block runs as its first letters do, and code as code does; so does what is being written", async () => {
  const { page } = await answered(HEBREW, 1000);
  const answer = page.locator("li.assistant .markdown");
  await answer.locator("pre").waitFor();
  const runs = await answer.evaluate((markdown) =>
    [...markdown.querySelectorAll("p, li, table, pre")].map((block) => [
      block.tagName,
      getComputedStyle(block).direction,
    ]),
  );
  expect(runs).toEqual([
    ...[
      ["P", "rtl"],
      ["LI", "rtl"],
      ["LI", "rtl"],
      ["P", "rtl"],
      ["TABLE", "rtl"],
    ],
    ...[
      ["P", "ltr"],
      ["PRE", "ltr"],
    ],
  ]);
  const writing = page.getByLabel("Message", { exact: true });
  await writing.fill("שלום");
  expect(await writing.evaluate((area) => getComputedStyle(area).direction)).toBe("rtl");
});
