import { expect, it } from "vitest";
import { visitors } from "../support/visitor";

const come = visitors();

it("a pipeline waits for a yes, goes on, and shows what each step made", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const bot = { botRef: "system/assistant" };
  const made = await visitor.api("POST", "/teams", {
    metadata: { name: "careful" },
    spec: {
      collaboration: "pipeline",
      members: [
        { role: "draft", ...bot },
        { role: "publish", ...bot, requireConfirmation: true },
      ],
    },
  });
  expect(made.status).toBe(201);
  await page.reload();
  await page.getByLabel("Team", { exact: true }).selectOption(`${visitor.userId}/careful`);
  await visitor.begin("/fast A page");
  await page.getByRole("link", { name: "Steps" }).click();
  const steps = page.locator(".step");
  await steps.nth(0).getByText("done", { exact: true }).waitFor();
  await steps.nth(1).getByText("waiting for you").waitFor();
  await page.getByRole("link", { name: "Conversation" }).click();
  await page.getByLabel("Note").fill("looks good");
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("link", { name: "Steps" }).click();
  await steps.nth(1).getByText("done", { exact: true }).waitFor();
  await steps.nth(1).getByText("Result").click();
  await steps.nth(1).locator(".markdown").getByText("I am the demo model").first().waitFor();

  await page.getByRole("link", { name: "Logs" }).click();
  await page.locator(".entry").getByText("success").first().waitFor();
  await page.locator(".entry").filter({ hasText: "publish" }).first().waitFor();
  await page.getByRole("checkbox", { name: "error" }).check();
  await page.getByText("Nothing has been logged.").waitFor();
  await page.getByRole("checkbox", { name: "success" }).check();
  await page.locator(".entry").getByText("success").first().waitFor();
  expect(await page.locator(".entry .level.info").count()).toBe(0);
});

it("a no stops the pipeline; whoever is elsewhere is told", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.api("POST", "/teams", {
    metadata: { name: "asking" },
    spec: {
      collaboration: "solo",
      members: [{ role: "only", botRef: "system/assistant", requireConfirmation: true }],
    },
  });
  await visitor.api("POST", "/tasks", {
    title: "Needs a yes",
    teamRef: `${visitor.userId}/asking`,
    prompt: "Go",
  });
  await page.getByRole("link", { name: "Notifications, 1 unread" }).click();
  await expect.poll(() => page.title()).toMatch(/^\(1\) Notifications/);
  await page.getByRole("main").getByRole("link").first().click();
  await page.getByRole("button", { name: "Decline" }).click();
  await page
    .locator(".turn-end")
    .getByText(/Stopped/)
    .waitFor();
  // What one is looking at counts as read.
  await page.getByRole("link", { name: "Notifications", exact: true }).waitFor();
});

it("guidance of a running turn is taken up by its next step, or becomes a message of its own", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const bot = { botRef: "system/assistant" };
  await visitor.api("POST", "/teams", {
    metadata: { name: "pair" },
    spec: {
      collaboration: "pipeline",
      members: [
        { role: "first", ...bot },
        { role: "second", ...bot, requireConfirmation: true },
      ],
    },
  });
  await page.reload();
  await page.getByLabel("Team", { exact: true }).selectOption(`${visitor.userId}/pair`);
  await visitor.begin("/long 12");
  await page.getByRole("button", { name: "Approve" }).waitFor();
  await page.getByLabel("While it works").selectOption("Guide it");
  await visitor.say("rather /slow please");
  const guided = page.locator(".guided").filter({ hasText: "rather /slow please" });
  await guided.getByText("Guidance waits for the next step:").waitFor();
  await page.getByRole("button", { name: "Approve" }).click();
  await guided.getByText("Guidance taken up:").waitFor();

  await page.locator(".streaming").waitFor();
  await visitor.say("/fast /echo and a summary");
  const late = page.locator(".guided").filter({ hasText: "and a summary" });
  await late.getByText("Guidance waits for the next step:").waitFor();
  await late.getByText("Guidance came too late and became a message of its own:").waitFor();
  await page.locator("li.user").getByText("/fast /echo and a summary").waitFor();
  await page.locator("li.assistant").getByText("and a summary", { exact: true }).waitFor();
  // It stays with its turn, and a reload finds it in the log.
  await page.reload();
  await late.getByText("Guidance came too late").waitFor();
  await guided.getByText("Guidance taken up:").waitFor();
  expect(await page.locator(".guided").count()).toBe(2);
});
