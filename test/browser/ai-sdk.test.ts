import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { askingTeam } from "../support/asking-team";
import { BuiltPage } from "../support/built-page";
import { FlakyRoad } from "../support/flaky-road";
import { type McpServer, startMcpServer } from "../support/mcp-server";
import { answer, finish, gate, hang, round, text, wait } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { newUser, tokenFor, visitors } from "../support/visitor";
import { WireUser } from "../support/wire-client";

const come = visitors();
const server = new Server(inject("shared").production);

let example: BuiltPage;
let assistant: BuiltPage;
let tools: McpServer;

beforeAll(async () => {
  tools = await startMcpServer([{ name: "weather", call: () => ({ text: "rain" }) }]);
  example = await BuiltPage.of("examples/ai-sdk-chat/index.html");
  assistant = await BuiltPage.of("test/clients/pages/assistant.html");
});
afterAll(async () => {
  for (const page of [example, assistant]) page.remove();
  await tools.close();
});

type Stage = {
  model: ModelServer;
  road: FlakyRoad;
  page: Page;
  address: string;
  leave(): Promise<void>;
};

/** The example's page in a browser, on a road that may break, with a model that does what a test says. */
async function open(way: string): Promise<Stage> {
  const alice = await WireUser.of(server, newUser("alice"));
  const model = await startModelServer();
  const team = await askingTeam(alice, model, tools);
  const road = await FlakyRoad.to(server.url);
  const { page } = await come.open(alice.name, { url: road.url });
  const token = await tokenFor(alice.name);
  await page.evaluate((text) => localStorage.setItem("token", text), token);
  const query = new URLSearchParams({ team, ...(way === "a socket" && { socket: "" }) });
  const address = `${road.url}/built-page/?${query}#${crypto.randomUUID()}`;
  await go(page, example, address);
  const leave = async () => {
    await road.close();
    await model.close();
  };
  return { model, road, page, address, leave };
}

async function go(page: Page, built: BuiltPage, address: string): Promise<void> {
  await page.unrouteAll();
  await built.serveTo(page);
  await page.goto(address);
}

async function say(page: Page, words: string): Promise<void> {
  await page.getByLabel("Message").fill(words);
  await page.getByRole("button", { name: "Send" }).click();
}

async function shows(page: Page, words: string): Promise<void> {
  await page.locator("article[data-role=assistant]").getByText(words).waitFor();
}

async function isReady(page: Page): Promise<void> {
  await page.locator("main[data-status=ready]").waitFor();
}

function articles(page: Page): Promise<string[]> {
  return page.locator("article").allTextContents();
}

describe.each(["HTTP", "a socket"])("useChat in a browser, over %s", (way) => {
  it("loses the network in mid-stream, comes back, and has the text whole and once", async () => {
    const { model, road, page, leave } = await open(way);
    const [middle, end] = [gate(), gate()];
    model.script([text("one "), wait(middle), text("two "), wait(end), text("three"), finish()]);
    await say(page, "count");
    await shows(page, "one");
    await road.close();
    await page.locator("main[data-status=error]").waitFor();
    middle.open();
    await road.open();
    await shows(page, "one two");
    end.open();
    await isReady(page);
    expect(await articles(page)).toEqual(["count", "one two three"]);
    await leave();
  });

  it("a reload in mid-stream, and a second tab, show the turn that is under way", async () => {
    const { model, page, address, leave } = await open(way);
    const end = gate();
    model.script([text("all of "), wait(end), text("it"), finish()]);
    await say(page, "hello");
    await shows(page, "all of");
    await page.reload();
    await shows(page, "all of");
    const tab = await page.context().newPage();
    await go(tab, example, address);
    await shows(tab, "all of");
    end.open();
    await Promise.all([isReady(page), isReady(tab)]);
    expect(await articles(page)).toEqual(["hello", "all of it"]);
    expect(await articles(tab)).toEqual(["hello", "all of it"]);
    await leave();
  });

  it("stops the turn at its provider", async () => {
    const { model, page, leave } = await open(way);
    model.script([text("on and on"), hang]);
    await say(page, "never end");
    await shows(page, "on and on");
    await page.getByRole("button", { name: "Stop" }).click();
    await (await model.request(1)).aborted;
    await isReady(page);
    await page.reload();
    await isReady(page);
    expect(await articles(page)).toEqual(["never end", "on and on"]);
    await leave();
  });

  it("a tool that is allowed by a click is called, and the answer goes on", async () => {
    const { model, page, leave } = await open(way);
    model.script(round("I look.", "weather", { place: "Zürich" }), answer("It rains."));
    await say(page, "the weather?");
    await page.getByRole("button", { name: "Allow" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Allow" }).click();
    await shows(page, "It rains.");
    await isReady(page);
    await page.locator("section[data-state=output-available]").waitFor();
    expect(model.requests).toHaveLength(2);
    const shown = await articles(page);
    await page.reload();
    await isReady(page);
    expect(await articles(page)).toEqual(shown);
    await leave();
  });
});

it("assistant-ui's runtime renders the same conversation, and goes on with it", async () => {
  const { model, page, address, leave } = await open("HTTP");
  model.script(answer("It ", "rains."), answer("It ", "snows."));
  await say(page, "the weather?");
  await shows(page, "It rains.");
  await isReady(page);
  await go(page, assistant, address.replace("?", "?assistant&"));
  await page.getByText("It rains.").waitFor();
  expect(await articles(page)).toEqual(["the weather?", "It rains."]);
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByText("It snows.").waitFor();
  expect(await articles(page)).toEqual(["the weather?", "It rains.", "and now?", "It snows."]);
  await leave();
});
