import { afterEach, expect, it } from "vitest";
import { serious, type Theme } from "../support/axe";
import { type McpServer, startMcpServer } from "../support/mcp-server";
import { status } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { visitors } from "../support/visitor";

const come = visitors();
const servers: (ModelServer | McpServer)[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

const PHONE = { width: 390, height: 844 };

it("a tab that is opened beside one that is signed in is signed in too, and signs out with it", async () => {
  const { page, url } = await come.signedIn();
  const second = await page.context().newPage();
  await second.goto(url);
  await second.getByRole("heading", { name: "What should be done?" }).waitFor();
  await second.getByRole("button", { name: "Sign out" }).click();
  await second.getByLabel("Access token").waitFor();
  await page.getByLabel("Access token").waitFor();
  const third = await page.context().newPage();
  await third.goto(url);
  await third.getByLabel("Access token").waitFor();
  await third.getByLabel("Access token").fill("nobody");
  expect(await third.getByRole("heading", { name: "What should be done?" }).count()).toBe(0);
});

it.each<Theme>(["light", "dark"])(
  "a phone gets to every page from every page, and is told of no keys it lacks: %s",
  async (colorScheme) => {
    const phone = { viewport: PHONE, hasTouch: true, isMobile: true, colorScheme };
    const visitor = await come.signedIn(undefined, phone);
    const { page } = visitor;
    const hint = () => page.locator("textarea").first().getAttribute("placeholder");
    expect(await hint()).not.toMatch(/Enter|Shift|Esc/);
    await visitor.begin("/fast /echo here");
    await page.locator("li.assistant").getByText("here", { exact: true }).waitFor();
    expect(await hint()).not.toMatch(/Enter|Shift|Esc/);
    for (const place of ["Search", "Resources", "Webhooks", "Keys", "Sessions", "Usage", "Tasks"]) {
      await page.locator("summary", { hasText: "Menu" }).click();
      expect(await serious(page, colorScheme)).toEqual([]);
      await page.getByRole("link", { name: place, exact: true }).click();
      await page.locator("h1").first().waitFor();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, place).toBeLessThanOrEqual(PHONE.width);
    }
    await page.locator("summary", { hasText: "Menu" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Access token").waitFor();
  },
);

it("on fingers alone, Enter makes a new line", async () => {
  const visitor = await come.signedIn(undefined, {
    viewport: PHONE,
    hasTouch: true,
    isMobile: true,
  });
  const { page } = visitor;
  const message = page.getByLabel("Message", { exact: true });
  await visitor.begin("/fast /echo here");
  await message.fill("one");
  await message.press("Enter");
  await message.pressSequentially("two");
  expect(await message.inputValue()).toBe("one\ntwo");
  await page.getByRole("button", { name: "Send" }).click();
  await expect.poll(() => page.locator("li.user").count()).toBe(2);
});

it("what a resource refers to is chosen, and what the server says of it stands at its field", async () => {
  const visitor = await come.signedIn();
  const { page, url, userId } = visitor;
  const ghost = { metadata: { name: "poet" }, spec: { systemPrompt: "You rhyme." } };
  expect((await visitor.api("POST", "/ghosts", ghost)).status).toBe(201);
  await page.goto(`${url}/resources/bots/new`);
  await page.getByLabel("Name").fill("bard");
  await page.getByLabel("Ghost").selectOption(`${userId}/poet`);
  await page.getByLabel("Model", { exact: true }).selectOption("system/demo");
  // Gone in the meantime.
  expect((await visitor.api("DELETE", `/ghosts/${userId}/poet`)).status).toBe(204);
  await page.getByRole("button", { name: "Create" }).click();
  const field = page.locator(".field").filter({ has: page.getByLabel("Ghost") });
  await field.getByRole("alert").getByText(/Ghost/).waitFor();
  expect(await page.getByLabel("Ghost").getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel("Ghost").selectOption("system/assistant");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: `${userId}/bard` }).waitFor();

  await page.goto(`${url}/resources/teams/new`);
  await page.getByLabel("Name").fill("band");
  await page.getByLabel("Bot").selectOption(`${userId}/bard`);
  await page.getByLabel("When it fails").selectOption("another bot does it");
  await page.getByLabel("The other bot").selectOption("system/assistant");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: `${userId}/band` }).waitFor();
  await page.reload();
  await expect.poll(() => page.getByLabel("The other bot").inputValue()).toBe("system/assistant");
});

it("a resource is not saved while a part of it is no JSON yet: what is half written stays", async () => {
  const visitor = await come.signedIn();
  const { page, url, userId } = visitor;
  const spec = { provider: "demo", model: "demo-1" };
  await visitor.api("POST", "/models", { metadata: { name: "mine" }, spec });
  await page.goto(`${url}/resources/models/${userId}/mine`);
  const headers = page.getByLabel("Headers (JSON)");
  await headers.fill('{"x-team": ');
  await page.getByText("Not JSON yet").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  expect(await headers.inputValue()).toBe('{"x-team": ');
  expect(await page.getByText("Saved.").count()).toBe(0);
  await headers.fill('{"x-team": "a"}');
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  // It is stored, and what it is stays with the service.
  expect(Object.keys(JSON.parse(await headers.inputValue()))).toEqual(["x-team"]);
});

it("a model and a server of tools are tested where they are, and say status and reason", async () => {
  const models = await startModelServer();
  const tools = await startMcpServer([{ name: "look", call: () => ({ text: "seen" }) }]);
  servers.push(models, tools);
  const visitor = await come.signedIn();
  const { page, url, userId } = visitor;
  const spec = { provider: "openai-compatible", model: "m", baseUrl: models.url, apiKey: "k-1" };
  await visitor.api("POST", "/models", { metadata: { name: "mine" }, spec });
  await page.goto(`${url}/resources/models/${userId}/mine`);
  const test = page.getByRole("button", { name: "Test mine" });
  models.script(status(401, {}, { error: { message: "bad key", code: "invalid_api_key" } }));
  await test.click();
  await page.getByText("It does not work.").waitFor();
  await page.getByText(/model_rejected · bad_credentials · HTTP 401/).waitFor();
  await test.click();
  await page.getByText("It works.").waitFor();
  expect(models.requests.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer k-1",
    "Bearer k-1",
  ]);

  const mcpServers = { eyes: { url: tools.url }, gone: { url: "http://127.0.0.1:9/mcp" } };
  const ghost = { metadata: { name: "seer" }, spec: { systemPrompt: "Look.", mcpServers } };
  await visitor.api("POST", "/ghosts", ghost);
  await page.goto(`${url}/resources/ghosts/${userId}/seer`);
  await page.getByRole("button", { name: "Test eyes" }).click();
  await page.getByRole("status").getByText("look", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Test gone" }).click();
  await page.getByText("The server cannot be reached.").waitFor();
  expect(await serious(page)).toEqual([]);
});
