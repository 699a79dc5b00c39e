import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import * as z from "zod";
import { serious } from "../support/axe";
import { newUser, type Visitor, visitors } from "../support/visitor";

const come = visitors();
/** One red dot. */
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);
const PNG = { name: "dot.png", mimeType: "image/png", buffer: DOT };
const text = (name: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from("words") });
const problem = (status: number, code: string, detail: string) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ code, status, detail }),
});

/** In a room where somebody can write; its id is in the address. */
async function inRoom(): Promise<Visitor> {
  const visitor = await come.signedIn();
  await visitor.page.goto(`${visitor.url}/tasks/${await visitor.newRoom()}`);
  await visitor.page.getByLabel("Message", { exact: true }).waitFor();
  return visitor;
}

const pendingIn = (page: Page) => page.getByRole("list", { name: "Files of the message" });
const choose = (page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.locator("input[type=file]").setInputFiles(files);

type Way = "drop" | "paste";

/** Gives the page files of so many bytes each; whether it took them from the browser. */
function give(page: Page, way: Way, names: string[], { bytes = 15, on = ".composer" } = {}) {
  return page.evaluate(
    ([kind, called, size, place]) => {
      const data = new DataTransfer();
      for (const name of called) {
        data.items.add(new File(["w".repeat(size)], name, { type: "text/plain" }));
      }
      const init = { bubbles: true, cancelable: true };
      const event =
        kind === "drop"
          ? new DragEvent("drop", { ...init, dataTransfer: data })
          : new ClipboardEvent("paste", { ...init, clipboardData: data });
      return document.querySelector(place)?.dispatchEvent(event) === false;
    },
    [way, names, bytes, on] as const,
  );
}

it("files are chosen, dropped and pasted, sent without a word, and there for the others", async () => {
  const visitor = await inRoom();
  const { page, url } = visitor;
  const pending = pendingIn(page);
  const [choosing] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Attach files" }).click(),
  ]);
  await choosing.setFiles([PNG]);
  await pending.getByText("dot.png").waitFor();
  // On what was said, where most people let go; and with nothing focused.
  expect(await give(page, "drop", ["dropped.txt"], { on: ".messages" })).toBe(true);
  expect(await give(page, "paste", ["pasted.txt"], { on: "body" })).toBe(true);
  await pending.getByText("pasted.txt").waitFor();
  await page.getByRole("button", { name: "Take dropped.txt away" }).click();
  // The focus goes on to the next file.
  await expect
    .poll(() => page.locator(":focus").getAttribute("aria-label"))
    .toBe("Take pasted.txt away");
  await page.getByRole("status").getByText("2 files attached.").waitFor();
  expect(await serious(page)).toEqual([]);
  await page.getByRole("button", { name: "Send" }).click();
  const message = page.locator("li.user");
  await message.getByText("pasted.txt").waitFor();
  expect(await pending.count()).toBe(0);
  expect(await message.getByText("dropped.txt").count()).toBe(0);

  const bobId = newUser("bob");
  const id = page.url().split("/")[4];
  await visitor.api("POST", `/tasks/${id}/members`, { userId: bobId, role: "viewer" });
  const bob = await come.signedIn(bobId);
  await bob.page.goto(`${url}/tasks/${id}`);
  const saved = bob.page.waitForEvent("download");
  await bob.page.getByRole("button", { name: "Save pasted.txt" }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe("pasted.txt");
  expect(readFileSync(await download.path(), "utf8")).toBe("w".repeat(15));
  await expect.poll(() => widthOf(bob.page, "dot.png")).toBe(1);
  // Who only watches attaches nothing, and no drop opens a file in the page's place.
  expect(await bob.page.getByRole("button", { name: "Attach files" }).count()).toBe(0);
  expect(await give(bob.page, "drop", ["missed.txt"], { on: ".messages" })).toBe(true);
  expect(await bob.page.getByText("missed.txt").count()).toBe(0);
});

function widthOf(page: Page, name: string): Promise<number> {
  return page
    .getByRole("img", { name })
    .first()
    .evaluate((img: HTMLImageElement) => img.naturalWidth);
}

/** Whether an address of a picture still has one behind it. */
function loads(page: Page, address: string | null): Promise<boolean> {
  return page.evaluate(
    (src) =>
      new Promise<boolean>((resolve) => {
        const picture = new Image();
        picture.onload = () => resolve(true);
        picture.onerror = () => resolve(false);
        picture.src = src ?? "";
      }),
    address,
  );
}

it("a picture is shown in bounds and large, in every tab and after a reload", async () => {
  const { page } = await inRoom();
  const second = await page.context().newPage();
  const big = Buffer.concat([DOT, Buffer.alloc(5 * 1024 * 1024)]);
  await choose(page, [PNG, { ...PNG, name: "big.png", buffer: big }]);
  await page.getByText("2 files attached.").waitFor();
  await page.getByLabel("Message", { exact: true }).fill("/fast /picture Here is mine");
  await page.getByRole("button", { name: "Send" }).click();
  // What an agent makes is shown like what people send.
  await page.locator("li.assistant img").waitFor();
  await expect
    .poll(() => page.locator("li.assistant img").evaluate((i: HTMLImageElement) => i.naturalWidth))
    .toBe(160);
  await page.locator("li.user").scrollIntoViewIfNeeded();
  await expect.poll(() => widthOf(page, "dot.png")).toBe(1);
  // So many bytes come only when they are asked for.
  await page.getByRole("button", { name: "Show the picture big.png" }).click();
  await expect.poll(() => widthOf(page, "big.png")).toBe(1);
  const open = page.getByRole("button", { name: "Show dot.png large" });
  await open.click();
  const dialog = page.getByRole("dialog", { name: "dot.png" });
  await dialog.getByRole("img", { name: "dot.png" }).waitFor();
  expect(await serious(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await open.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.reload();
  await page.locator("li.user").scrollIntoViewIfNeeded();
  await expect.poll(() => widthOf(page, "dot.png")).toBe(1);
  const address = await page.getByRole("img", { name: "dot.png" }).getAttribute("src");
  expect(await loads(page, address)).toBe(true);
  await page.getByRole("link", { name: "Steps" }).click();
  await page.locator("li.user").waitFor({ state: "detached" });
  // Its bytes are kept for what is shown alone.
  expect(await loads(page, address)).toBe(false);
  await page.getByRole("link", { name: "Conversation" }).click();
  // Signed in by the first tab.
  await second.goto(page.url());
  await second.locator("li.user").scrollIntoViewIfNeeded();
  await expect.poll(() => widthOf(second, "dot.png")).toBe(1);
});

it("a file that is refused says why, and holds the message back until it is taken away", async () => {
  const { page } = await inRoom();
  const pending = pendingIn(page);
  await choose(page, [{ ...PNG, name: "fake.png", buffer: Buffer.from("no picture") }]);
  await pending.getByText("the bytes are no image/png").waitFor();
  await give(page, "drop", ["huge.bin"], { bytes: 25 * 1024 * 1024 + 1 });
  await pending.getByText("A file has at most 25.0 MiB.").waitFor();
  const input = page.getByLabel("Message", { exact: true });
  await input.fill("/fast /echo sent");
  await input.press("Enter");
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await page.getByText("2 files cannot be attached. Take them away to send.").waitFor();
  expect(await serious(page)).toEqual([]);
  await page.getByRole("button", { name: "Take fake.png away" }).click();
  await page.getByRole("button", { name: "Take huge.bin away" }).click();
  // After the last one whoever is writing goes on.
  await expect.poll(() => page.locator(":focus").getAttribute("aria-label")).toBe("Message");
  await input.press("Enter");
  await page.locator("li.assistant").getByText("sent").waitFor();
  expect(await page.locator("li.user .file").count()).toBe(0);
});

it("a message takes ten files and names the ones over; what did not get through is tried again", async () => {
  const { page } = await inRoom();
  const pending = pendingIn(page);
  let isDown = true;
  await page.route("**/api/v1/files?name=0.txt", (route) =>
    isDown ? route.abort() : route.continue(),
  );
  const names = Array.from({ length: 12 }, (_, i) => `${i}.txt`);
  await give(page, "drop", names);
  await page.getByText("at most 10 files. Left out: 10.txt, 11.txt.").waitFor();
  await pending.getByText("did not answer").waitFor();
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  isDown = false;
  await page.getByRole("button", { name: "Try again to store 0.txt" }).click();
  await page.getByRole("status").getByText("10 files attached.").waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("li.user").getByText("9.txt").waitFor();
  expect(await page.locator("li.user .file").count()).toBe(10);
});

it("words and files stay where they were when the message does not go", async () => {
  const visitor = await inRoom();
  const { page } = visitor;
  const stored = page.waitForResponse((response) => response.url().includes("/files?name=a.txt"));
  await choose(page, [text("a.txt"), text("b.txt")]);
  const { id } = z.object({ id: z.string() }).parse(await (await stored).json());
  await page.getByRole("status").getByText("2 files attached.").waitFor();
  // From another device.
  expect((await visitor.api("DELETE", `/files/${id}`)).ok).toBe(true);
  const input = page.getByLabel("Message", { exact: true });
  await input.fill("/fast /echo kept");
  await input.press("Enter");
  await page.getByRole("alert").waitFor();
  expect(await input.inputValue()).toBe("/fast /echo kept");
  // Nor is anything lost to who looks at another view of the room.
  await page.getByRole("link", { name: "Steps" }).click();
  await input.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Conversation" }).click();
  await page.getByRole("status").getByText("2 files attached.").waitFor();
  expect(await input.inputValue()).toBe("/fast /echo kept");
  await page.getByRole("button", { name: "Take a.txt away" }).click();
  await input.press("Enter");
  await page.locator("li.user").getByText("b.txt").waitFor();
  await page.locator("li.assistant").getByText("kept").waitFor();
});

it("a service that keeps no files says so once, and then offers none", async () => {
  const { page } = await inRoom();
  const words = "This service keeps no files: it has no bucket";
  await page.route("**/api/v1/files?*", (route) =>
    route.fulfill(problem(503, "files_not_configured", words)),
  );
  await page.getByRole("button", { name: "Attach files" }).focus();
  await choose(page, [text("a.txt")]);
  await page.getByRole("alert").getByText(words).waitFor();
  expect(await page.getByRole("button", { name: "Attach files" }).count()).toBe(0);
  expect(await pendingIn(page).count()).toBe(0);
  expect(await page.locator(":focus").getAttribute("aria-label")).toBe("Message");
  const input = page.getByLabel("Message", { exact: true });
  await input.fill("/fast /echo all the same");
  await input.press("Enter");
  await page.locator("li.assistant").getByText("all the same").waitFor();
});

it("what is gone, or no picture, or could run is said and never drawn", async () => {
  const { page } = await inRoom();
  const script = "<svg xmlns='http://www.w3.org/2000/svg'><script>top.ran = true</script></svg>";
  await choose(page, [
    PNG,
    { ...PNG, name: "cut.png", buffer: DOT.subarray(0, 20) },
    { name: "run.svg", mimeType: "image/svg+xml", buffer: Buffer.from(script) },
    { name: "run.html", mimeType: "text/html", buffer: Buffer.from(script) },
    text("notes.txt"),
  ]);
  await page.getByText("5 files attached.").waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  const message = page.locator("li.user");
  await expect.poll(() => message.locator("img").count()).toBe(1);
  await message.getByText("It cannot be shown as a picture.").waitFor();
  await message.getByText("SVG ·").waitFor();
  await message.getByText("HTML ·").waitFor();
  expect(await page.evaluate("window.ran")).toBeUndefined();

  let answer = problem(503, "unavailable", "The file cannot be reached now; try again");
  await page.route("**/api/v1/files/*", (route) => route.fulfill(answer));
  await page.reload();
  await message.scrollIntoViewIfNeeded();
  await message.getByText("cannot be reached now").first().waitFor();
  answer = problem(404, "not_found", "There is no such file");
  await page.getByRole("button", { name: "Try again to load dot.png" }).click();
  await message.getByText("PNG · 70 B · no longer there").waitFor();
  await page.getByRole("button", { name: "Save notes.txt" }).click();
  await message.getByText("Text · 5 B · no longer there").waitFor();
  expect(await message.locator("img").count()).toBe(0);
  expect(await serious(page)).toEqual([]);
});

it("a task begins with files alone; on a phone in the dark as well", async () => {
  const viewport = { width: 390, height: 780 };
  const { page } = await come.signedIn(undefined, { colorScheme: "dark", viewport });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await page.getByRole("button", { name: "Begin" }).isDisabled()).toBe(true);
  await choose(page, [PNG, text(`${"a long name ".repeat(12)}.txt`)]);
  await give(page, "drop", ["dropped.txt"], { on: "form textarea" });
  await page.getByText("3 files attached.").waitFor();
  expect(await serious(page, "dark")).toEqual([]);
  expect(await width()).toBeLessThanOrEqual(viewport.width);
  await page.getByRole("button", { name: "Begin" }).click();
  const message = page.locator("li.user");
  await message.getByText("dropped.txt").waitFor();
  await message.scrollIntoViewIfNeeded();
  await expect.poll(() => widthOf(page, "dot.png")).toBe(1);
  expect(await serious(page, "dark")).toEqual([]);
  expect(await width()).toBeLessThanOrEqual(viewport.width);
});
