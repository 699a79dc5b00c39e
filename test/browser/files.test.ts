import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { serious } from "../support/axe";
import { newUser, visitors } from "../support/visitor";

const come = visitors();
/** One red dot. */
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);

it("files are chosen, dropped and pasted, sent without a word, and there for the others", async () => {
  const visitor = await come.signedIn();
  const { page, url } = visitor;
  const id = await visitor.begin("/fast /echo first");
  await page.locator("li.assistant").getByText("first").waitFor();
  const pending = page.getByRole("list", { name: "Files of the message" });
  await page
    .locator("input[type=file]")
    .setInputFiles([{ name: "dot.png", mimeType: "image/png", buffer: DOT }]);
  await pending.getByText("dot.png").waitFor();
  const give = (type: "drop" | "paste", name: string) =>
    page.evaluate(
      ([kind, called]) => {
        const data = new DataTransfer();
        data.items.add(new File(["words in a file"], called ?? "", { type: "text/plain" }));
        const init = { bubbles: true, cancelable: true };
        const event =
          kind === "drop"
            ? new DragEvent("drop", { ...init, dataTransfer: data })
            : new ClipboardEvent("paste", { ...init, clipboardData: data });
        document.querySelector(".composer textarea")?.dispatchEvent(event);
      },
      [type, name],
    );
  await give("drop", "dropped.txt");
  await give("paste", "pasted.txt");
  await pending.getByText("pasted.txt").waitFor();
  await page.getByRole("button", { name: "Take dropped.txt away" }).click();
  await expect.poll(() => pending.getByRole("progressbar").count()).toBe(0);
  expect(await serious(page)).toEqual([]);
  await page.getByRole("button", { name: "Send" }).click();

  const message = page.locator("li.user").nth(1);
  await message.getByText("pasted.txt").waitFor();
  expect(await message.getByText("dropped.txt").count()).toBe(0);
  const width = () => message.locator("img").evaluate((img: HTMLImageElement) => img.naturalWidth);
  await message.getByRole("img", { name: "dot.png" }).waitFor();
  await expect.poll(width).toBe(1);
  const bobId = newUser("bob");
  await visitor.api("POST", `/tasks/${id}/members`, { userId: bobId, role: "viewer" });
  const bob = await come.signedIn(bobId);
  await bob.page.goto(`${url}/tasks/${id}`);
  const saved = bob.page.waitForEvent("download");
  await bob.page.getByRole("button", { name: "Save pasted.txt" }).click();
  const path = await (await saved).path();
  expect(readFileSync(path, "utf8")).toBe("words in a file");
});

it("a file that the server refuses says why, and holds the message back until it is taken away", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.begin("/fast /echo first");
  await page.locator("li.assistant").getByText("first").waitFor();
  await page.route("**/api/v1/files?*", (route) =>
    route.fulfill({
      status: 413,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "payload_too_large", status: 413, detail: "It is too large." }),
    }),
  );
  await page
    .locator("input[type=file]")
    .setInputFiles([{ name: "huge.bin", mimeType: "text/plain", buffer: Buffer.from("x") }]);
  await page.getByRole("alert").getByText("It is too large.").waitFor();
  const input = page.getByLabel("Message", { exact: true });
  await input.fill("/fast /echo second");
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Take huge.bin away" }).click();
  await input.press("Enter");
  await page.locator("li.assistant").getByText("second").waitFor();
});
