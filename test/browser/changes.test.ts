import { afterEach, expect, inject, it } from "vitest";
import * as z from "zod";
import { serious } from "../support/axe";
import { answer } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { toolTeam } from "../support/tool-team";
import { newUser, type Visitor, visitors } from "../support/visitor";
import { WireUser } from "../support/wire-client";

const come = visitors();
const servers: ModelServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
const made = z.object({ id: z.string() });

type Begun = { visitor: Visitor; models: ModelServer; id: string };

/** Somebody who has asked once, and was answered with this. */
async function asked(first: string): Promise<Begun> {
  const visitor = await come.signedIn();
  const models = await startModelServer();
  servers.push(models);
  const user = await WireUser.of(new Server(inject("shared").production), visitor.userId);
  const teamRef = await toolTeam(user, models, {});
  models.script(answer(first));
  const response = await visitor.api("POST", "/tasks", { teamRef, prompt: "How many?" });
  const { id } = made.parse(await response.json());
  await visitor.page.goto(`${visitor.url}/tasks/${id}`);
  await visitor.page.locator("li.assistant").getByText(first).waitFor();
  return { visitor, models, id };
}

it("an answer is given anew, and the one before is there for who asks", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  models.script(answer("Four."));
  await page.getByRole("button", { name: "Regenerate" }).click();
  await page.locator("li.assistant").getByText("Four.").waitFor();
  expect(await page.getByText("Three.").count()).toBe(0);
  models.script(answer("Five."));
  await page.getByRole("button", { name: "Regenerate" }).click();
  await page.locator("li.assistant").getByText("Five.").waitFor();
  expect(await page.locator("li.message").count()).toBe(2);
  await page.getByText("Earlier versions").click();
  await page.locator(".versions").getByText("Four.").waitFor();
  await page.locator(".versions").getByText("Three.").waitFor();
  expect(await serious(page)).toEqual([]);
});

it("a message is said otherwise by who said it: what followed goes, and stays among its versions", async () => {
  const { visitor, models, id } = await asked("Three.");
  const { page } = visitor;
  await page.getByRole("button", { name: "Edit" }).click();
  const input = page.getByLabel("The message anew");
  await input.fill("given up");
  await input.press("Escape");
  await input.waitFor({ state: "detached" });
  models.script(answer("Blue."));
  await page.getByRole("button", { name: "Edit" }).click();
  await input.fill("Which colour?");
  expect(await serious(page)).toEqual([]);
  await page.getByRole("button", { name: "Send anew" }).click();
  await page.locator("li.assistant").getByText("Blue.").waitFor();
  expect(await page.locator("li.message").count()).toBe(2);
  await page.locator("li.user").getByText("Earlier versions").click();
  await page.locator(".versions").getByText("How many?").waitFor();
  await page.locator(".versions").getByText("Three.").waitFor();
  expect(await page.getByText("given up").count()).toBe(0);

  const bobId = newUser("bob");
  await visitor.api("POST", `/tasks/${id}/members`, { userId: bobId, role: "editor" });
  const bob = await come.signedIn(bobId);
  await bob.page.goto(`${bob.url}/tasks/${id}`);
  await bob.page.getByRole("button", { name: "Regenerate" }).waitFor();
  expect(await bob.page.getByRole("button", { name: "Edit" }).count()).toBe(0);
});

it("a note is read by all and answered by nobody; the next answer's model is told it", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  await page.getByLabel("Message", { exact: true }).fill("It rains.");
  await page.getByRole("button", { name: "Note" }).click();
  await page.locator("li.user", { hasText: "It rains." }).getByText("note ·").waitFor();
  models.script(answer("Take a coat."));
  await visitor.say("What now?");
  await page.locator("li.assistant").getByText("Take a coat.").waitFor();
  expect(models.requests).toHaveLength(2);
  expect(JSON.stringify(models.requests[1]?.body.messages)).toContain("It rains.");
});

it("whoever reads goes on from any message in a task of their own; this one stays as it is", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  models.script(answer("Green."));
  await visitor.say("Which colour?");
  await page.locator("li.assistant").getByText("Green.").waitFor();
  const before = page.url();
  await page
    .locator("li.assistant")
    .filter({ hasText: "Three." })
    .getByRole("button", { name: "Fork" })
    .click();
  await page.getByRole("link", { name: "fork of another task" }).waitFor();
  expect(page.url()).not.toBe(before);
  await page.locator("li.assistant").getByText("Three.").waitFor();
  expect(await page.locator("li.message").count()).toBe(2);
  models.script(answer("Forty."));
  await visitor.say("And then?");
  await page.locator("li.assistant").getByText("Forty.").waitFor();
  await page.getByRole("link", { name: "fork of another task" }).click();
  await page.locator("li.assistant").getByText("Green.").waitFor();
  await page.locator(".pointed-at", { hasText: "Three." }).waitFor();
  expect(await page.getByText("Forty.").count()).toBe(0);
});

it("messages are found by their words, and led to", async () => {
  const { visitor } = await asked("The nightingale sings.");
  const { page, url } = visitor;
  await visitor.say("Thanks.");
  await page.goto(`${url}/search`);
  await expect
    .poll(async () => {
      await page.getByLabel("Words to find").fill("nightingale");
      await page.getByLabel("Words to find").press("Enter");
      await page.getByRole("region", { name: "What was found" }).waitFor();
      await page.getByText("Loading…").waitFor({ state: "detached" });
      const count = await page.locator("mark").count();
      if (count === 0) await page.reload();
      return count;
    })
    .toBe(1);
  expect(await page.locator("mark").textContent()).toBe("nightingale");
  expect(await serious(page)).toEqual([]);
  await page.getByRole("link", { name: "How many?", exact: true }).click();
  await page.locator(".pointed-at", { hasText: "nightingale" }).waitFor();
  await page.goto(`${url}/search`);
  await page.getByLabel("Words to find").fill("nowhere at all");
  await page.getByLabel("Words to find").press("Enter");
  await page.getByText("No message has all of these words.").waitFor();
});
