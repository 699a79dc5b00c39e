import { afterEach, expect, inject, it } from "vitest";
import * as z from "zod";
import { serious } from "../support/axe";
import { finish, text } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { toolTeam } from "../support/tool-team";
import { newUser, type Visitor, visitors } from "../support/visitor";
import { WireUser } from "../support/wire-client";

const come = visitors();
const servers: ModelServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
const made = z.object({ id: z.string(), activeTurnId: z.string().optional() });

const rowOf = ({ page }: Visitor, title: string) =>
  page.locator(".task-list li").filter({ hasText: title });

it("a task that waits says so in the list and in the bar, to those who may answer, until it is answered", async () => {
  const alice = await come.signedIn();
  const members = [{ role: "work", botRef: "system/assistant", requireConfirmation: true }];
  const spec = { collaboration: "solo", members };
  await alice.api("POST", "/teams", { metadata: { name: "careful" }, spec });
  const bobId = newUser("bob");
  const { id } = made.parse(
    await (
      await alice.api("POST", "/tasks", {
        ...{ title: "Careful", teamRef: `${alice.userId}/careful`, prompt: "/fast /echo gone on" },
        members: [{ userId: bobId, role: "viewer" }],
      })
    ).json(),
  );
  await rowOf(alice, "Careful").getByText("waits for you").waitFor();
  await alice.page.getByRole("link", { name: "1 waiting for you" }).waitFor();
  expect(await serious(alice.page)).toEqual([]);
  const bob = await come.signedIn(bobId);
  await rowOf(bob, "Careful").getByText("waits for somebody").waitFor();
  expect(await bob.page.getByRole("link", { name: /waiting for you/ }).count()).toBe(0);

  await alice.page.getByText("More filters").click();
  await alice.page.getByLabel("Status of the tasks").selectOption("waits for an answer");
  await rowOf(alice, "Careful").waitFor();
  await alice.page.getByRole("link", { name: "1 waiting for you" }).click();
  await alice.page.locator(".room-header").getByText("Waits for you").waitFor();
  // Answered elsewhere: the list of this device has it all the same.
  const { activeTurnId } = made.parse(await (await alice.api("GET", `/tasks/${id}`)).json());
  const answer = { step: "work", approve: true };
  await alice.api("POST", `/tasks/${id}/turns/${activeTurnId}/confirm`, answer);
  await alice.page.locator("li.assistant").getByText("gone on").waitFor();
  await alice.page.getByRole("link", { name: "1 waiting for you" }).waitFor({ state: "detached" });
  await rowOf(bob, "Careful").getByText("done").waitFor();
});

it("what was stopped is stopped, in the header and in the list, and not done", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.begin("/slow /long 300");
  await page.locator(".writing").waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.locator(".room-header").getByText("stopped").waitFor();
  await rowOf(visitor, "/slow").getByText("stopped").waitFor();
  await page.reload();
  await rowOf(visitor, "/slow").getByText("stopped").waitFor();
  await page.locator(".room-header").getByText("stopped").waitFor();
});

it("an answer that its limit cut off says that it is not whole", async () => {
  const visitor = await come.signedIn();
  const models = await startModelServer();
  servers.push(models);
  const user = await WireUser.of(new Server(inject("shared").production), visitor.userId);
  const teamRef = await toolTeam(user, models, {});
  models.script([text("Once upon a"), finish("length"), { do: "done" }]);
  const response = await visitor.api("POST", "/tasks", { teamRef, prompt: "Tell" });
  const { id } = made.parse(await response.json());
  await visitor.page.goto(`${visitor.url}/tasks/${id}`);
  await visitor.page.locator("li.assistant").getByText("reached the limit of its length").waitFor();
});

it("who comes into a room writes at once", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const id = await visitor.begin("/fast /echo first");
  await page.locator("li.assistant").getByText("first").waitFor();
  await page.goto(`${visitor.url}/tasks/${id}`);
  await page.getByLabel("Message", { exact: true }).waitFor();
  await page.keyboard.type("/fast /echo second");
  await page.keyboard.press("Enter");
  await page.locator("li.assistant").getByText("second").waitFor();
});
