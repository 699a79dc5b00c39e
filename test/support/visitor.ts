import { randomBytes } from "node:crypto";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { afterEach, expect, inject } from "vitest";
import * as z from "zod";
import { CHROMIUM_ARGS } from "../../scripts/chromium";
import type {} from "../browser/setup";
import { Server } from "./server";

/** Longer than a page takes on a machine that does much else besides. */
const DEADLINE_MS = 60_000;
const POLICY = /Content Security Policy|Trusted ?(Types|HTML)|trusted-types/i;

type OpenOptions = BrowserContextOptions & { url?: string };

let launched: Promise<Browser> | undefined;

/** One for all files of this process: one for all processes would have each message said twice. */
function browser(): Promise<Browser> {
  launched ??= chromium.launch({ executablePath: inject("chromium"), args: CHROMIUM_ARGS });
  return launched;
}

/** A user that no other test knows. */
export function newUser(name: string): string {
  return `${name}-${randomBytes(4).toString("hex")}`;
}

export function tokenFor(sub: string, ttlSeconds = 3600): Promise<string> {
  const name = sub.split("-")[0] ?? sub;
  return new Server(inject("shared").production).token(sub, { name, ttlSeconds });
}

/** Once for a tab: who signed out and loads the page again stays signed out. */
const leave = (token: string) => `
  if (name === "") {
    name = "visited";
    sessionStorage.setItem("taskroom.token", ${JSON.stringify(token)});
  }`;

/** Somebody with a window of their own, and what their browser complained of. */
export class Visitor {
  readonly page: Page;
  readonly userId: string;
  readonly url: string;
  /** Exceptions of the page's scripts, and what its policy had to forbid. */
  readonly faults: string[] = [];

  private constructor(page: Page, userId: string, url: string) {
    this.page = page;
    this.userId = userId;
    this.url = url;
    page.setDefaultTimeout(DEADLINE_MS);
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (message) => {
      if (POLICY.test(message.text())) this.faults.push(message.text());
    });
  }

  static async open(userId?: string, options: OpenOptions = {}): Promise<Visitor> {
    const visitor = await Visitor.#arrive(userId, options);
    await visitor.page.goto(visitor.url);
    return visitor;
  }

  /** Open, with the token that an earlier visit left in this tab. */
  static async signedIn(userId?: string, options: OpenOptions = {}): Promise<Visitor> {
    const visitor = await Visitor.#arrive(userId, options);
    const { page } = visitor;
    await page.addInitScript(leave(await tokenFor(visitor.userId)));
    await page.goto(visitor.url);
    await visitor.#home.waitFor();
    return visitor;
  }

  static async #arrive(
    userId = newUser("alice"),
    { url = inject("shared").production.url, ...options }: OpenOptions = {},
  ): Promise<Visitor> {
    const context = await (await browser()).newContext(options);
    return new Visitor(await context.newPage(), userId, url);
  }

  /** By hand, as everybody does the first time. */
  async signIn(ttlSeconds?: number): Promise<void> {
    await this.page.getByLabel("Access token").fill(await tokenFor(this.userId, ttlSeconds));
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.#home.waitFor();
  }

  get #home(): Locator {
    return this.page.getByRole("heading", { name: "What should be done?" });
  }

  /** Begins a task as a person does; its id. */
  async begin(prompt: string): Promise<string> {
    await this.page.getByLabel("Prompt").fill(prompt);
    await this.page.getByRole("button", { name: "Begin" }).click();
    await this.page.getByLabel("Message", { exact: true }).waitFor();
    return this.page.url().split("/")[4] ?? "";
  }

  /** A task in which nothing has been said, as programs make them; its id. */
  async newRoom(): Promise<string> {
    const response = await fetch(`${this.url}/api/v1/tasks`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${await tokenFor(this.userId)}`,
        "content-type": "application/json",
      },
      body: "{}",
    });
    return z.object({ id: z.string() }).parse(await response.json()).id;
  }

  async say(text: string): Promise<void> {
    const input = this.page.getByLabel("Message", { exact: true });
    await input.fill(text);
    await input.press("Enter");
  }

  /** As its owner, over REST. */
  async api(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${inject("shared").production.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await tokenFor(this.userId)}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Visitors of one file's tests: after each they leave, and their browsers must have had no complaint. */
export function visitors() {
  const here: Visitor[] = [];
  const visit = async (coming: Promise<Visitor>) => {
    const visitor = await coming;
    here.push(visitor);
    return visitor;
  };
  afterEach(async () => {
    const faults = here.flatMap((visitor) => visitor.faults);
    await Promise.all(here.splice(0).map((visitor) => visitor.close()));
    expect(faults).toEqual([]);
  });
  return {
    open: (...args: Parameters<typeof Visitor.open>) => visit(Visitor.open(...args)),
    signedIn: (...args: Parameters<typeof Visitor.signedIn>) => visit(Visitor.signedIn(...args)),
  };
}
