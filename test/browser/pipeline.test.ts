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
