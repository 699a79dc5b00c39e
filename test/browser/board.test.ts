import { beforeAll, describe, expect, inject, it } from "vitest";
import { serious, type Theme } from "../support/axe";
import { Server } from "../support/server";
import { newUser, Visitor, visitors } from "../support/visitor";

const PHONE = { width: 390, height: 780 };
const come = visitors();

/** Somebody with a token of a scope who goes to the board; `scripts` are files that were loaded, in order. */
async function atBoard(scope: string, colorScheme: Theme = "light") {
  const visitor = await come.open(newUser("operator"), { colorScheme });
  const { page, url } = visitor;
  const scripts: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.push(new URL(request.url()).pathname);
  });
  const token = await new Server(inject("shared").production).token(visitor.userId, { scope });
  await page.getByLabel("Access token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "What should be done?" }).waitFor();
  return { visitor, page, url, scripts };
}

/** Of the demo model: a turn that answers and one that fails for good, with prices on their model. */
beforeAll(async () => {
  const visitor = await Visitor.signedIn();
  const make = async (path: string, body: object) => {
    expect((await visitor.api("POST", path, body)).status).toBe(201);
  };
  await make("/models", {
    metadata: { name: "priced" },
    spec: {
      ...{ provider: "demo", model: "demo-1" },
      prices: { inputPerMillion: 3000, outputPerMillion: 15_000, currency: "EUR" },
    },
  });
  const own = (name: string) => `${visitor.userId}/${name}`;
  await make("/bots", {
    metadata: { name: "priced" },
    spec: { ghostRef: "system/assistant", modelRef: own("priced") },
  });
  await make("/teams", {
    metadata: { name: "priced" },
    spec: { collaboration: "solo", members: [{ role: "only", botRef: own("priced") }] },
  });
  for (const prompt of ["/fast Hello", "/reject"]) {
    await make("/tasks", { prompt, teamRef: own("priced") });
  }
  await visitor.close();
});

it("is in the navigation of an admin, shows what the turns came to, and loads its charts itself", async () => {
  const { page, scripts } = await atBoard("admin");
  const before = scripts.length;
  await page.getByRole("link", { name: "Board" }).click();
  await page.getByRole("heading", { name: "Board", level: 1 }).waitFor();
  const cell = (panel: string, line: string) =>
    page.getByRole("region", { name: panel, exact: true }).getByRole("row", { name: line });
  // What the rooms have told by now; the page reads it again by itself.
  const wholeOf = async (panel: string, line: string) =>
    Number(await cell(panel, line).getByRole("cell").last().textContent());
  await expect.poll(() => wholeOf("Turns that ended", "completed")).toBeGreaterThan(0);
  await expect.poll(() => wholeOf("Turns that ended", "failed")).toBeGreaterThan(0);
  await expect.poll(() => wholeOf("Failed turns", "model_rejected")).toBeGreaterThan(0);
  expect(await cell("Cost", "EUR").getByRole("cell").last().textContent()).toMatch(/€\d+\.\d+/);
  expect(await cell("Time to the first token", "p95").textContent()).toMatch(/\d (ms|s)/);
  expect(await page.locator(".chart canvas").count()).toBeGreaterThan(3);
  expect(scripts.slice(before).some((path) => path.includes("board-page"))).toBe(true);
});

it("shows an hour, a day or a week, and every value of a chart as a table", async () => {
  const { page, url } = await atBoard("admin");
  await page.goto(`${url}/board`);
  const turns = page.getByRole("region", { name: "Turns that ended", exact: true });
  const rows = turns.getByRole("region", { name: "Every value" }).getByRole("row");
  for (const [window, parts] of [
    ["Hour", 60],
    ["Day", 96],
    ["Week", 168],
  ] as const) {
    await page.getByRole("button", { name: window }).click();
    await turns.locator(".chart canvas").waitFor();
    const every = turns.getByText("Every value");
    if (!(await rows.first().isVisible())) await every.click();
    await expect.poll(() => rows.count()).toBe(1 + parts);
  }
});

it("tells who is no admin how to become one, and is not in their navigation", async () => {
  const { page, url } = await atBoard("write");
  expect(await page.getByRole("link", { name: "Board" }).count()).toBe(0);
  await page.goto(`${url}/board`);
  await page.getByText("--scope admin").waitFor();
  expect(await serious(page)).toEqual([]);
});

it("goes on showing what it had when the server can't be asked, and says so", async () => {
  const { page, url } = await atBoard("admin");
  await page.goto(`${url}/board`);
  await page.locator(".chart canvas").first().waitFor();
  await page.route("**/api/v1/board*", (route) => route.abort());
  await page.getByRole("button", { name: "Day" }).click();
  await page.getByRole("alert").waitFor();
  await page.unroute("**/api/v1/board*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".chart canvas").first().waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
});

describe.each<Theme>(["light", "dark"])("in %s", (colorScheme) => {
  it("has no serious finding, and fits a phone", async () => {
    const { page, url } = await atBoard("admin", colorScheme);
    await page.goto(`${url}/board`);
    await page.locator(".chart canvas").first().waitFor();
    await page.getByText("Every value").first().click();
    await page.locator(".every-value").waitFor();
    expect(await serious(page, colorScheme)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await serious(page, colorScheme)).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(PHONE.width);
    await expect
      .poll(() => page.evaluate("document.querySelector('.chart canvas').clientWidth"))
      .toBeLessThan(PHONE.width);
  });
});
