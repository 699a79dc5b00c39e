import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OPERATIONS } from "../../../src/api-docs/operations";
import { command } from "../../../src/protocol/commands";
import { call, ORIGIN, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";
import {
  ACCESS,
  CREDENTIALS,
  type Credential,
  MEMBERS,
  type Route,
  SOCKET_COMMANDS,
  type SocketCommand,
} from "./access-table";
import { isConsumed, type World, worldIn } from "./access-world";

beforeEach(() => {
  control.model = new ScriptedModel().callAgent;
  // Webhooks of the table's lead nowhere.
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 204 }));
});
afterEach(() => {
  control.clockAheadMs = 0;
  vi.restoreAllMocks();
});

describe("every route, for everyone who can ask", () => {
  it("the table has a row for every operation of the worker, and none for anything else", () => {
    const own = OPERATIONS.filter(({ isFile }) => !isFile);
    const described = own.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const rows = new Set(ACCESS.map(({ operation }) => operation));
    expect([...rows].sort()).toEqual(described.sort());
  });

  it.each(ACCESS.map((route) => [nameOf(route), route] as const))("%s", async (_name, route) => {
    const expected = statusesOf(route);
    const seen: Record<string, number> = {};
    // Who is refused first: that changes nothing.
    const refusedFirst = CREDENTIALS.toSorted(
      (a, b) => Number(isAllowed(expected[a])) - Number(isAllowed(expected[b])),
    );
    for (const credential of refusedFirst) {
      seen[credential] = await ask(route, credential, await worldIn(route.situation));
      if (route.consumes && isAllowed(seen[credential])) isConsumed(route.situation);
    }
    expect(seen).toEqual(expected);
  });
});

function nameOf({ operation, variant }: Route): string {
  return variant === undefined ? operation : `${operation}, ${variant}`;
}

function isAllowed(status = 0): boolean {
  return status < 400;
}

function statusesOf({ statuses }: Route): Record<string, number> {
  const listed = statuses.split(" ").map(Number);
  expect(listed).toHaveLength(CREDENTIALS.length);
  return Object.fromEntries(CREDENTIALS.map((credential, i) => [credential, listed[i] ?? 0]));
}

async function ask(route: Route, credential: Credential, world: World): Promise<number> {
  const [method = "", template = ""] = route.operation.split(" ");
  const own = route.path?.(world, userIdOf(credential, world)) ?? {};
  const values: Record<string, unknown> = { ...world, ...own };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  const query = route.query ? `?${route.query(world)}` : "";
  const body = route.body?.(world);
  const response = await exports.default.fetch(`${ORIGIN}${path}${query}`, {
    method,
    headers: {
      ...(credential !== "none" && { Authorization: `Bearer ${world.tokens[credential]}` }),
      ...(body && { "Content-Type": "application/json" }),
      ...route.headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  await hangUp(response);
  return response.status;
}

function userIdOf(credential: Credential, world: World): string {
  switch (credential) {
    case "none":
    case "readKey":
    case "expiredKey":
      return world.owner;
    default:
      return world[credential];
  }
}

/** Nothing that an answer holds open stays open. */
async function hangUp({ webSocket, body }: Response): Promise<void> {
  webSocket?.accept();
  webSocket?.close(1000, "bye");
  await body?.cancel();
}

describe("every command of the socket, for everyone in the room", () => {
  it("the table has a row for every command, and none for anything else", () => {
    const commands = command.options.map(({ shape }) => shape.type.value);
    expect(SOCKET_COMMANDS.map(({ type }) => type).sort()).toEqual([...commands].sort());
  });

  it.each(SOCKET_COMMANDS.map((row) => [row.type, row] as const))("%s", async (type, row) => {
    const expected = row.replies.split(" ");
    for (const [i, member] of MEMBERS.entries()) {
      const world = await worldIn(row.situation);
      const client = await RoomClient.with(world.tokens[member], world.taskId);
      const reply = await client.ask(type, row.data?.(world));
      expect([member, reply.error?.code ?? reply.type]).toEqual([member, expected[i]]);
      if (row.consumes && reply.type === "ack") isConsumed(row.situation);
      client.close();
    }
  });

  it.each(SOCKET_COMMANDS.map((row) => [row.type, row] as const))(
    "%s is not carried out for one who was removed, nor once the token has expired",
    async (_type, row) => {
      const world = await worldIn(row.situation);
      isConsumed(row.situation);
      const removed = await RoomClient.with(world.tokens.editor, world.taskId);
      await call(world.owner, "DELETE", `/tasks/${world.taskId}/members/${world.editor}`);
      if (!removed.frames.closed) send(removed, row, world);
      expect(await removed.frames.whenClosed()).toMatchObject({ code: 4403 });

      const late = await RoomClient.with(world.tokens.owner, world.taskId);
      control.clockAheadMs = 2 * 60 * 60 * 1000;
      send(late, row, world);
      expect(await late.frames.whenClosed()).toMatchObject({ code: 4401 });
      for (const { frames } of [removed, late]) expect(frames.of("ack")).toEqual([]);
    },
  );

  function send(client: RoomClient, { type, data }: SocketCommand, world: World): void {
    client.send({ type, id: "late", data: data?.(world) ?? {} });
  }
});
