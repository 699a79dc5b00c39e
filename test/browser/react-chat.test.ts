import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { askingTeam } from "../support/asking-team";
import { BuiltPage } from "../support/built-page";
import { FlakyRoad } from "../support/flaky-road";
import { type McpServer, startMcpServer } from "../support/mcp-server";
import { answer, finish, gate, hang, round, text, wait } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { until } from "../support/until";
import { newUser, tokenFor, visitors } from "../support/visitor";
import { WireUser } from "../support/wire-client";

const come = visitors();
const server = new Server(inject("shared").production);

let example: BuiltPage;
let tools: McpServer;

beforeAll(async () => {
  tools = await startMcpServer([{ name: "weather", call: () => ({ text: "rain" }) }]);
  example = await BuiltPage.of("examples/react-chat/index.html");
});
afterAll(async () => {
  example.remove();
  await tools.close();
});

type Stage = {
  model: ModelServer;
  road: FlakyRoad;
  page: Page;
  /** The paths of the sockets that the page has opened. */
  sockets: string[];
  leave(): Promise<void>;
};

/** The example's page, signed in and in a room whose answers are a test's own. */
async function open(): Promise<Stage> {
  const alice = await WireUser.of(server, newUser("alice"));
  const model = await startModelServer();
  const teamRef = await askingTeam(alice, model, tools);
  const road = await FlakyRoad.to(server.url);
  const visitor = await come.open(alice.name, { url: road.url });
  const { page } = visitor;
  const sockets: string[] = [];
  await visitor.api("POST", "/tasks", { title: "The weather", teamRef });
  await example.serveTo(page);
  await page.goto(`${road.url}/built-page/`);
  page.on("websocket", (socket) => void sockets.push(new URL(socket.url()).pathname));
  await page.getByLabel("Token").fill(await tokenFor(alice.name));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "The weather" }).click();
  await page.locator("main[data-state=open]").waitFor();
  const leave = async () => {
    await road.close();
    await model.close();
  };
  return { model, road, page, sockets, leave };
}

async function say(page: Page, words: string): Promise<void> {
  await page.getByLabel("Message").fill(words);
  await page.getByRole("button", { name: "Send" }).click();
}

async function answers(page: Page, words: string): Promise<void> {
  await page.locator("article[data-role=assistant]").getByText(words, { exact: true }).waitFor();
}

it("a token that can't be one is told in words, and one that is refused too", async () => {
  const { page } = await come.open(newUser("alice"));
  await example.serveTo(page);
  await page.goto(`${server.url}/built-page/`);
  await page.getByLabel("Token").fill("Bearer abc");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText('token begins with "Bearer"').waitFor();
  await page.getByLabel("Token").fill("abc");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("token").waitFor();
});

it("in StrictMode each room is one socket; the text streams, and survives the network", async () => {
  const { model, road, page, sockets, leave } = await open();
  expect(sockets.filter((path) => path.endsWith("/chat"))).toHaveLength(1);
  expect(sockets.filter((path) => path.endsWith("/user/notifications"))).toHaveLength(1);
  const [middle, end] = [gate(), gate()];
  model.script([text("one "), wait(middle), text("two "), wait(end), text("three"), finish()]);
  await say(page, "count");
  await answers(page, "one");
  await road.close();
  await page.locator("main:not([data-state=open])").waitFor();
  middle.open();
  await road.open();
  await answers(page, "one two");
  end.open();
  await answers(page, "one two three");
  await page.getByRole("button", { name: "The weather (COMPLETED)" }).waitFor();
  expect(await page.locator("article").count()).toBe(2);
  await leave();
});

it("stops the turn at its provider", async () => {
  const { model, page, leave } = await open();
  model.script([text("on and on"), hang]);
  await say(page, "never end");
  await answers(page, "on and on");
  await page.getByRole("button", { name: "Stop" }).click();
  await (await model.request(1)).aborted;
  await page.getByText("(interrupted)").waitFor();
  await leave();
});

it("asks before a tool is called, and goes on with the answer", async () => {
  const { model, page, leave } = await open();
  model.script(round("I look.", "weather", { place: "Zürich" }), answer("It rains."));
  await say(page, "the weather?");
  await page.getByRole("button", { name: "The weather (waits for approval)" }).waitFor();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("It rains.").waitFor();
  expect(model.requests).toHaveLength(2);
  await leave();
});

it("a room that is left is closed, and a new one is in the list at once", async () => {
  const { page, sockets, leave } = await open();
  // Where it was not open yet, that it is closed is an error to the browser.
  const closed = page
    .waitForEvent("websocket")
    .then((socket) => new Promise((resolve) => socket.once("close", resolve)));
  await page.getByRole("button", { name: "New chat" }).click();
  await page.getByRole("button", { name: "A chat (PENDING)" }).waitFor();
  await page.locator("main[data-state=open]").waitFor();
  // The room that is left is open too, until the new one takes its place.
  const rooms = () => sockets.filter((path) => path.endsWith("/chat")).length;
  await until("the new room has a socket", () => rooms() === 2);
  await page.getByRole("button", { name: "The weather" }).click();
  await closed;
  await leave();
});
