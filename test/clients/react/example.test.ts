import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { TaskroomProvider } from "taskroom/react";
import { expect, it } from "vitest";
import { App } from "../../../examples/react-chat/src/app";
import { ChatRoom } from "../../../examples/react-chat/src/chat-room";
import { ROOT } from "../../support/command";
import { onPage, onWire } from "./page";

const { hydrate, during } = onPage();

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

it("the example installs the versions that the tests run", () => {
  const dependencies = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));
  const { taskroom, ...others } = dependencies("examples/react-chat/package.json").dependencies;
  expect(taskroom).toBe("file:../../dist/client");
  expect(dependencies("test/clients/package.json").devDependencies).toMatchObject(others);
});
