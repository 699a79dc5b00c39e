import { afterEach, expect, inject, it } from "vitest";
import * as z from "zod";
import { serious } from "../support/axe";
import { type FixtureTool, type McpServer, startMcpServer } from "../support/mcp-server";
import { answer, gate, round, wait } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { toolTeam } from "../support/tool-team";
import { newUser, type Visitor, visitors } from "../support/visitor";
import { WireUser } from "../support/wire-client";

const come = visitors();
const servers: (ModelServer | McpServer)[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

type Made = { visitor: Visitor; models: ModelServer; teamRef: string };

/** Somebody whose team has these tools. */
async function withTools(tools: FixtureTool[], rules: object = {}): Promise<Made> {
  const visitor = await come.signedIn();
  const [models, tooling] = await Promise.all([startModelServer(), startMcpServer(tools)]);
  servers.push(models, tooling);
  const user = await WireUser.of(new Server(inject("shared").production), visitor.userId);
  const teamRef = await toolTeam(user, models, { shop: { url: tooling.url, ...rules } });
  return { visitor, models, teamRef };
}

const made = z.object({ id: z.string() });

/** Begins a task over REST and looks at it; its id. */
async function begin({ visitor, teamRef }: Made, more: object): Promise<string> {
  const response = await visitor.api("POST", "/tasks", { teamRef, ...more });
  const { id } = made.parse(await response.json());
  await visitor.page.goto(`${visitor.url}/tasks/${id}`);
  return id;
}

it("a call waits for a yes, runs with its progress, and stays with what came of it", async () => {
  const hold = gate();
  const told = gate();
  const charge: FixtureTool = {
    name: "charge",
    call: async (_input, tell) => {
      tell({ progress: 3, total: 10, message: "at the bank" });
      told.reach();
      await hold.opened;
      return { text: "charged 5" };
    },
  };
  const shop = await withTools([charge], { approval: "always" });
  const { page } = shop.visitor;
  shop.models.script(
    round("I charge both.", "charge", { amount: 5 }, { amount: 9 }),
    answer("One is charged."),
  );
  await begin(shop, { prompt: "Charge them" });
  const asked = page.getByRole("listitem", { name: "Tool charge: waits for approval" });
  await asked.nth(1).waitFor();
  await page.locator(".room-header").getByText("Waits for you").waitFor();
  expect(await serious(page)).toEqual([]);

  // Whoever comes later sees the same, and in the steps too.
  await page.reload();
  await asked.nth(1).waitFor();
  await page.getByRole("link", { name: "Steps" }).click();
  await asked.nth(1).waitFor();
  await page.getByRole("link", { name: "Conversation" }).click();
  // What is asked for is to be seen before it is answered; afterwards it is folded.
  await asked.nth(1).getByText('"amount": 9').waitFor();

  await asked.nth(1).getByLabel("Note on charge").fill("too much");
  await asked.nth(1).getByRole("button", { name: "Decline charge" }).press("Enter");
  const refused = page.getByRole("listitem", { name: "Tool charge: not approved" });
  await refused.waitFor();
  expect(await refused.getByText('"amount": 9').isVisible()).toBe(false);
  await refused.getByText("Input").click();
  await refused.getByText('"amount": 9').waitFor();
  await asked.getByRole("button", { name: "Approve charge" }).press("Enter");
  const running = page.getByRole("listitem", { name: "Tool charge: running" });
  await told.reached;
  await running.getByText("3 of 10 at the bank").waitFor();
  await running.getByRole("progressbar", { name: "Progress of charge" }).waitFor();
  expect(await page.locator(".room-header").getByText("Waits for you").count()).toBe(0);
  hold.open();

  const message = page.locator("li.assistant");
  await message.getByText("One is charged.").waitFor();
  const kept = message.getByRole("listitem", { name: "Tool charge: done" });
  await kept.getByText("Output").click();
  await kept.getByText("charged 5").waitFor();
  await message
    .getByRole("listitem", { name: "Tool charge: not approved" })
    .getByText("A person did not approve of the call: too much.")
    .waitFor();
  // The cards stand where the calls were made.
  const shown = (await message.textContent()) ?? "";
  const places = ["I charge both.", "Tool charge", "One is charged."].map((part) =>
    shown.indexOf(part),
  );
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(await serious(page)).toEqual([]);
});

it("whoever only watches sees what waits, and cannot answer for others", async () => {
  const shop = await withTools([{ name: "charge", call: () => ({ text: "charged" }) }], {
    approval: "always",
  });
  shop.models.script(round("Now.", "charge", { amount: 5 }));
  const taskId = await begin(shop, { prompt: "Charge" });
  const watcher = newUser("bob");
  const added = await shop.visitor.api("POST", `/tasks/${taskId}/members`, {
    userId: watcher,
    role: "viewer",
  });
  expect(added.ok).toBe(true);
  const { page, url } = await come.signedIn(watcher);
  await page.goto(`${url}/tasks/${taskId}`);
  const card = page.getByRole("listitem", { name: "Tool charge: waits for approval" });
  await card.getByText("Somebody who may edit this task has to say it.").waitFor();
  await page.locator(".room-header").getByText("Waits for somebody").waitFor();
  expect(await page.getByRole("button", { name: "Approve" }).count()).toBe(0);
});

it("a call for the client says so, and shows what the client gave, with what was cut of it", async () => {
  const shop = await withTools([]);
  const { visitor, models } = shop;
  models.script(round("Where are you?", "where", {}), answer("You are there."));
  const taskId = await begin(shop, {});
  const clientTools = [{ name: "where", inputSchema: { type: "object" } }];
  const executed = await visitor.api("POST", `/tasks/${taskId}/execute`, {
    input: "Where am I?",
    clientTools,
  });
  const { turn } = z.object({ turn: made }).parse(await executed.json());
  const waiting = visitor.page.getByRole("listitem", { name: "Tool where: waits for the client" });
  await waiting.waitFor();
  await visitor.page.locator(".room-header").getByText("Waits for the client").waitFor();
  await visitor.api("POST", `/tasks/${taskId}/turns/${turn.id}/tool-outputs`, {
    toolCallId: "call_where_0",
    output: "far away ".repeat(10_000),
  });
  const card = visitor.page
    .locator("li.assistant")
    .getByRole("listitem", { name: "Tool where: done" });
  await card.getByText("Output (cut)").waitFor();
  expect(await card.getByText("Input (cut)").count()).toBe(0);
});

it("a turn that is stopped while a tool works keeps the call, whose outcome nobody knows", async () => {
  const called = gate();
  const shop = await withTools([
    {
      name: "charge",
      call: () => {
        called.reach();
        return "hang";
      },
    },
  ]);
  const { page } = shop.visitor;
  shop.models.script(round("Now.", "charge", { amount: 5 }));
  await begin(shop, { prompt: "Charge" });
  await called.reached;
  await page.getByRole("listitem", { name: "Tool charge: running" }).waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page
    .locator("li.assistant")
    .getByRole("listitem", { name: "Tool charge: outcome unknown" })
    .waitFor();
});

it("a round is shown as it is written, and what was said before it is not written any more", async () => {
  const more = gate();
  const shop = await withTools([{ name: "look", call: () => ({ text: "seen" }) }]);
  const { page } = shop.visitor;
  shop.models.script(round("I look.", "look", {}), [wait(more), ...answer("I saw it.")]);
  await begin(shop, { prompt: "Look" });
  const stream = page.locator(".streaming");
  await stream.getByRole("listitem", { name: "Tool look: done" }).waitFor();
  await stream.getByText("The answer is on its way").waitFor();
  expect(await stream.locator(".writing").count()).toBe(0);
  more.open();
  await page.locator("li.assistant").getByText("I saw it.").waitFor();
});
