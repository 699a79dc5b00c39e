import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { TaskroomProvider } from "taskroom/react";
import { expect, it } from "vitest";
import { App } from "../../../examples/react-chat/src/app";
import { ChatRoom } from "../../../examples/react-chat/src/chat-room";
import type { RoomState } from "../../../src/client";
import { ROOT } from "../../support/command";
import { ready } from "../../support/fake-room";
import { EMPTY } from "../../unit/client/connected";
import { onPage, onWire, submitted, write } from "./page";

const { hydrate, during, mount } = onPage();

it("the example is rendered on a server, signed in or not, and opens nothing there", async () => {
  const { wire, client } = onWire();
  expect(renderToString(createElement(App))).toContain('aria-label="Token"');
  const page = renderToString(createElement(App, { client }));
  expect(page).toContain("0<!-- --> unread");
  const room = createElement(ChatRoom, { taskId: "task_1" });
  const html = renderToString(createElement(TaskroomProvider, { client }, room));
  expect(html).toContain('<main data-state="connecting">');
  await new Promise((resolve) => setTimeout(resolve));
  expect([wire.sockets, wire.requests]).toEqual([[], []]);
});

it("a browser goes on from the rendered room without a difference", async () => {
  const served = onWire();
  const room = createElement(ChatRoom, { taskId: "task_1" });
  const html = renderToString(createElement(TaskroomProvider, { client: served.client }, room));
  const { wire, client } = onWire();
  const { mounted, complaints } = await hydrate(html, client, room);
  expect(complaints).toEqual([]);
  expect(wire.sockets).toHaveLength(1);
  await during(() => wire.last.ends(4410, "It was deleted."));
  expect(mounted.place.textContent).toContain("It was deleted.");
});

const HOSTILE = `# Title

A **strong** word, [a link](https://example.com), [a trap](javascript:alert(1)).

| a | b |
| - | - |
| 1 | 2 |

<img src=x onerror="alert(1)"> ![a picture](https://example.com/p.png)`;

/** The example's room, with one answer in it. */
async function entered(hasOlder: boolean) {
  const { wire, client } = onWire();
  const page = mount();
  await page.show(client, createElement(ChatRoom, { taskId: "task_1" }));
  const answer = { ...{ id: "msg_1", role: "assistant", content: HOSTILE }, status: "complete" };
  const messages = [{ ...answer, metadata: {} }] as unknown as RoomState["messages"];
  await during(() => wire.last.says(ready({ state: { ...EMPTY, messages }, hasOlder })));
  return { wire, page };
}

it.each([true, false])(
  "older messages are offered where the room has some: %s",
  async (hasOlder) => {
    const { page } = await entered(hasOlder);
    expect(page.place.textContent?.includes("Older messages")).toBe(hasOlder);
  },
);

it("an answer is shown as its Markdown says, and nothing in it is markup", async () => {
  const { page } = await entered(false);
  const { place } = page;
  expect(place.querySelector("article h1")?.textContent).toBe("Title");
  expect(place.querySelector("strong")?.textContent).toBe("strong");
  expect([...place.querySelectorAll("td")].map(({ textContent }) => textContent)).toEqual([
    "1",
    "2",
  ]);
  const links = [...place.querySelectorAll("article a")];
  expect(links.map((link) => link.getAttribute("href"))).toEqual(["https://example.com"]);
  expect(place.querySelectorAll("img")).toHaveLength(0);
  expect(place.textContent).toContain("<img src=x");
});

it("what was refused comes back to whoever wrote it", async () => {
  const { wire, page } = await entered(false);
  const input = page.place.querySelector("input");
  const form = page.place.querySelector("form");
  if (!input || !form) throw new Error("there is no place to write");
  await during(() => write(input, "hello"));
  await during(() => void form.dispatchEvent(submitted()));
  expect(input.value).toBe("");
  await during(() => write(input, "and more"));
  const ref = wire.last.commands.find(({ type }) => type === "chat:send")?.id;
  const error = { code: "queue_full", message: "Too many wait." };
  await during(() => wire.last.says({ type: "error", ref, error }));
  expect(input.value).toBe("hello and more");
  expect(page.place.textContent).toContain("Too many wait.");
});

it("the example installs the versions that the tests run", () => {
  const dependencies = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));
  const { taskroom, ...others } = dependencies("examples/react-chat/package.json").dependencies;
  expect(taskroom).toBe("file:../../dist/client");
  const tested = ["test/clients/package.json", "package.json"].map(dependencies);
  expect(Object.assign({}, ...tested.map((one) => one.devDependencies))).toMatchObject(others);
});
