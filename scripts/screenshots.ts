// `npm run screenshots`: the pictures of the console in docs/images, from a server of its own.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { CHROMIUM_ARGS, findChromium, INSTALL_CHROMIUM } from "./chromium";
import { waitForHealth } from "./health";
import { mintToken, ROOT } from "./local-identity";

const PORT = "8799";
const ORIGIN = `http://localhost:${PORT}`;
const IMAGES = join(ROOT, "docs", "images");
const DESK = { width: 1200, height: 760 };
const PHONE = { width: 390, height: 760 };
const ASKED = "Plan a page that greets its visitors by name, and build it.";

const executablePath = findChromium();
if (!executablePath) throw new Error(`Chromium is missing: ${INSTALL_CHROMIUM}`);
const scratch = mkdtempSync(join(tmpdir(), "taskroom-screenshots-"));
const options = ["--port", PORT, "--inspector-port", "0", "--persist-to", scratch];
const server = spawn(process.execPath, [join(ROOT, "scripts", "run.mjs"), "serve", ...options], {
  stdio: ["pipe", "ignore", "inherit"],
  env: { ...process.env, TASKROOM_STOP_WITH_STDIN: "1" },
});
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
try {
  const hasEnded = () => server.exitCode !== null;
  const health = await waitForHealth(ORIGIN, { hasEnded, deadlineMs: 60_000 });
  if (health !== "healthy") throw new Error(`the server is ${health}`);
  mkdirSync(IMAGES, { recursive: true });
  await makeTeam();
  await room("light", "console-room.png");
  await room("dark", "console-room-dark.png");
  await pipeline();
} finally {
  await browser.close();
  server.stdin.end();
  await new Promise((resolve) => server.on("exit", resolve));
  rmSync(scratch, { recursive: true, force: true });
}

async function room(colorScheme: "light" | "dark", file: string): Promise<void> {
  const page = await signedIn(colorScheme);
  await begin(page, "Say hello, and tell me what this room can do.");
  await page.locator("li.assistant").waitFor();
  await page.getByLabel("Message", { exact: true }).fill("/long 300");
  await page.keyboard.press("Enter");
  await page.locator(".writing").waitFor();
  await page.screenshot({ path: join(IMAGES, file) });
  await page.context().close();
}

async function pipeline(): Promise<void> {
  const page = await signedIn("light");
  await page.getByLabel("Team", { exact: true }).selectOption("alice/careful");
  await begin(page, ASKED);
  await page.getByRole("link", { name: "Steps" }).click();
  await page.getByRole("button", { name: "Approve" }).waitFor();
  await page.screenshot({ path: join(IMAGES, "console-steps.png") });
  await page.getByRole("link", { name: "Conversation" }).click();
  await page.setViewportSize(PHONE);
  await page.getByRole("button", { name: "Approve" }).waitFor();
  await page.screenshot({ path: join(IMAGES, "console-phone.png") });
  await page.context().close();
}

async function signedIn(colorScheme: "light" | "dark"): Promise<Page> {
  const context = await browser.newContext({ viewport: DESK, colorScheme });
  const page = await context.newPage();
  await page.goto(ORIGIN);
  await page.getByLabel("Access token").fill(await token());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "What should be done?" }).waitFor();
  return page;
}

async function begin(page: Page, prompt: string): Promise<void> {
  await page.getByLabel("Prompt").fill(prompt);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByLabel("Message", { exact: true }).waitFor();
}

async function makeTeam(): Promise<void> {
  const step = (role: string, bot: string) => ({ role, botRef: `system/${bot}` });
  const members = [
    step("research", "researcher"),
    step("planning", "planner"),
    { ...step("implementation", "implementer"), requireConfirmation: true },
  ];
  const spec = { collaboration: "pipeline", members };
  const answer = await fetch(`${ORIGIN}/api/v1/teams`, {
    method: "POST",
    headers: { authorization: `Bearer ${await token()}`, "content-type": "application/json" },
    body: JSON.stringify({ metadata: { name: "careful" }, spec }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function token(): Promise<string> {
  const minted = await mintToken({ sub: "alice", name: "Alice", ttlSeconds: 3600 });
  if (!minted) throw new Error("there is no secret");
  return minted;
}
