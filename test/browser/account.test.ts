import { expect, it } from "vitest";
import { newUser, tokenFor, visitors } from "../support/visitor";
import { startWebhookReceiver } from "../support/webhook-receiver";

const come = visitors();

it("a key is shown once, works until it is revoked", async () => {
  const visitor = await come.signedIn();
  const { page, url } = visitor;
  await page.getByRole("link", { name: "Keys" }).click();
  await page.getByLabel("Name").fill("nightly");
  await page.getByRole("button", { name: "Make a key" }).click();
  const key = (await page.locator(".secret").textContent()) ?? "";
  expect(key).toMatch(/^trk_/);
  const list = () => fetch(`${url}/api/v1/tasks`, { headers: { authorization: `Bearer ${key}` } });
  expect((await list()).status).toBe(200);
  await page.reload();
  await page.getByRole("button", { name: "Revoke nightly" }).waitFor();
  expect(await page.getByText(key).count()).toBe(0);
  await page.getByRole("button", { name: "Revoke nightly" }).click();
  await page.getByRole("button", { name: "Revoke", exact: true }).last().click();
  await page.getByText("No keys yet.").waitFor();
  expect((await list()).status).toBe(401);
});

it("a resource's faults are said at its fields", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await page.getByRole("link", { name: "Resources" }).click();
  await page.getByRole("link", { name: "models" }).click();
  await page.getByRole("link", { name: "New", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill("Not A Name");
  await page.getByLabel("Address").fill("nonsense");
  await page.getByLabel("Temperature").fill("9");
  await page.getByRole("button", { name: "Create" }).click();
  const fault = (label: string) =>
    page
      .locator(".field")
      .filter({ has: page.getByLabel(label, { exact: true }) })
      .locator(".issue");
  await fault("Name").getByText("not a lower-case DNS label").waitFor();
  await fault("Address").getByText(/URL/).waitFor();
  await fault("Temperature").getByText(/2/).waitFor();
  expect(await page.getByLabel("Temperature").getAttribute("aria-invalid")).toBe("true");

  await page.getByLabel("Name", { exact: true }).fill("local");
  await page.getByLabel("Model", { exact: true }).fill("llama3.2");
  await page.getByLabel("Address").fill("https://models.example/v1");
  await page.getByLabel("API key").fill("sk-secret");
  await page.getByLabel("Temperature").fill("0.2");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: `${visitor.userId}/local` }).waitFor();
  expect(await page.getByLabel("API key").inputValue()).toBe("•••");
  await page.getByLabel("Temperature").fill("0.3");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  const stored = await (await visitor.api("GET", `/models/${visitor.userId}/local`)).json();
  expect(stored).toMatchObject({ spec: { apiKey: "•••", parameters: { temperature: 0.3 } } });
});

it("a webhook's secret is shown once; a delivery that failed is sent again by its button", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const receiver = await startWebhookReceiver();
  await page.getByRole("link", { name: "Webhooks" }).click();
  await page.getByLabel("Address").fill("ftp://nowhere");
  await page.getByRole("button", { name: "Make a webhook" }).click();
  await page.locator(".field .issue").waitFor();
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByRole("checkbox", { name: "task:created" }).check();
  await page.getByRole("checkbox", { name: "task:status" }).uncheck();
  await page.getByRole("button", { name: "Make a webhook" }).click();
  receiver.secret = (await page.locator(".secret").textContent()) ?? "";
  expect(receiver.secret).toMatch(/^whsec_/);
  // For good, so that nothing but the button sends it again.
  receiver.answers.push(410);
  await visitor.api("POST", "/tasks", { title: "Told" });
  await page.getByRole("link", { name: "Deliveries" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "task:created" });
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Refresh" }).click();
      return row.getByText(/1 attempt · HTTP 410/).count();
    })
    .toBe(1);
  await row.getByText("failed", { exact: true }).waitFor();
  await page.getByRole("link", { name: "All webhooks" }).click();
  // A notification says so, too.
  await page.locator("#main").getByText("The endpoint answered 410 Gone.").waitFor();
  await page.getByRole("link", { name: "Deliveries" }).click();
  await row.getByRole("button", { name: /^Retry/ }).click();
  await row.getByText("delivered", { exact: true }).waitFor();
  await row.getByText(/2 attempts · HTTP 204/).waitFor();
  expect(await row.getByRole("button").count()).toBe(0);
  expect(receiver.received.map(({ status }) => status)).toEqual([410, 204]);
  expect(receiver.seen()).toHaveLength(1);
  await page.getByRole("link", { name: "All webhooks" }).click();
  await page.getByText("active", { exact: true }).waitFor();
  await receiver.close();
});

it("a webhook is tested, paused, resumed and given a new secret at its row", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const receiver = await startWebhookReceiver();
  await page.getByRole("link", { name: "Webhooks" }).click();
  await page.getByLabel("Address").fill(receiver.url);
  await page.getByRole("button", { name: "Make a webhook" }).click();
  const first = (await page.locator(".secret").textContent()) ?? "";
  receiver.secret = first;
  await page.getByRole("button", { name: /^Test/ }).click();
  const row = page.getByRole("listitem").filter({ hasText: "webhook:test" });
  await expect
    .poll(async () => {
      await page.getByRole("button", { name: "Refresh" }).click();
      return row.getByText("delivered", { exact: true }).count();
    })
    .toBe(1);
  expect(receiver.received.map(({ body }) => body.type)).toEqual(["webhook:test"]);
  await page.getByRole("link", { name: "All webhooks" }).click();
  await page.getByRole("button", { name: /^Pause/ }).click();
  await page.getByText("Paused by its owner.").waitFor();
  await page.getByRole("button", { name: /^Resume/ }).click();
  await page.getByText("active", { exact: true }).waitFor();
  await page.getByRole("button", { name: /^Rotate/ }).click();
  await page.getByRole("button", { name: "Rotate", exact: true }).last().click();
  await page.getByText("The secret before this one signs too").waitFor();
  expect(await page.locator(".secret").textContent()).not.toBe(first);
  await receiver.close();
});

it("an invitation is left from its notification", async () => {
  const [owner, visitor] = [await come.signedIn(), await come.signedIn(newUser("bob"))];
  const members = [{ userId: visitor.userId, role: "viewer" }];
  await owner.api("POST", "/tasks", { title: "Boats", members });
  const { page } = visitor;
  await page.getByRole("link", { name: /^Notifications/ }).click();
  await page.getByRole("button", { name: /^Leave/ }).click();
  await page.getByRole("button", { name: "Leave", exact: true }).last().click();
  await page.getByText("Nothing yet.").waitFor();
  await expect
    .poll(async () => (await (await visitor.api("GET", "/tasks")).json()).items)
    .toEqual([]);
});

it("sessions are listed and revoked; usage counts the turn", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const id = await visitor.begin("/fast Hello");
  await page.locator("li.assistant").waitFor();
  await page.getByRole("link", { name: "Sessions" }).click();
  const row = page.getByRole("listitem").filter({ hasText: id });
  await row.getByText("away").waitFor();
  await row.getByRole("button", { name: /^Revoke/ }).click();
  await page.getByRole("button", { name: "Revoke", exact: true }).last().click();
  await expect.poll(() => row.getByText("away").count()).toBe(0);
  await page.getByRole("link", { name: "Usage" }).click();
  // Counted at the turn's end, by an object of its own.
  await expect
    .poll(async () => {
      await page.reload();
      return page.getByRole("row", { name: /^Turns/ }).textContent();
    })
    .toBe("Turns1none1");
});

it("a token that runs out asks for another and leads back to the same room", async () => {
  const visitor = await come.open();
  const { page } = visitor;
  await visitor.signIn(6);
  const id = await visitor.begin("/fast Hello");
  await page.locator("li.assistant").waitFor();
  await page.getByText("Your token has expired or was revoked.").waitFor();
  await page.getByLabel("Access token").fill(await tokenFor(visitor.userId));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("li.assistant").waitFor();
  expect(page.url()).toBe(`${visitor.url}/tasks/${id}`);
});

it("a task that is none, or not one's own, is said to be none", async () => {
  const { page, url } = await come.signedIn();
  for (const id of ["unknown", `task_${"0".repeat(26)}`]) {
    await page.goto(`${url}/tasks/${id}`);
    await page.getByText("There is no such task, or it was not shared with you.").waitFor();
    expect(await page.getByRole("button", { name: "Connect again" }).count()).toBe(0);
  }
  await page.getByRole("link", { name: "To the tasks" }).click();
  await page.getByRole("heading", { name: "What should be done?" }).waitFor();
});
