import { runDurableObjectAlarm } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import * as z from "zod";
import { file } from "../../../src/protocol/files/file";
import { ORIGIN, tokenOf } from "../../support/room-client";
import type { Claims } from "../../support/tokens";
import { control } from "../../worker/control";
import type { UserRoom } from "../../worker/user-room";

type Sent = {
  name?: string;
  type?: string;
  /** What the request announces; by default what it has. */
  length?: string | null;
  headers?: Record<string, string>;
};

/** The least that is a PNG by its first bytes. */
export const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);

export const textOf = (text: string) => new Uint8Array(new TextEncoder().encode(text));

/** Stores a file as a user; with the answer whatever it is. */
export async function upload(
  user: string,
  bytes: Uint8Array | ReadableStream,
  { name, type, length, headers = {} }: Sent = {},
): Promise<Response> {
  const size = bytes instanceof Uint8Array ? String(bytes.byteLength) : null;
  const announced = length === undefined ? size : length;
  const url = new URL(`${ORIGIN}/api/v1/files`);
  if (name !== undefined) url.searchParams.set("name", name);
  return exports.default.fetch(url.toString(), {
    method: "POST",
    headers: {
      Authorization: `Bearer ${await tokenOf({ sub: user })}`,
      ...(type !== undefined && { "Content-Type": type }),
      ...(announced !== null && { "Content-Length": announced }),
      ...headers,
    },
    body: bytes,
  });
}

/** The same, where it must succeed. */
export async function stored(user: string, bytes: Uint8Array = textOf("hello"), sent: Sent = {}) {
  const response = await upload(user, bytes, { name: "hello.txt", type: "text/plain", ...sent });
  if (response.status !== 201) throw new Error(await response.text());
  return file.parse(await response.json());
}

export async function fetched(
  user: string | Claims,
  fileId: string,
  { query = "", method = "GET", headers = {} } = {},
): Promise<Response> {
  const claims = typeof user === "string" ? { sub: user } : user;
  return exports.default.fetch(`${ORIGIN}/api/v1/files/${fileId}${query}`, {
    method,
    headers: { Authorization: `Bearer ${await tokenOf(claims)}`, ...headers },
  });
}

export const problemIn = z.looseObject({
  code: z.string(),
  issues: z.array(z.looseObject({ path: z.string() })).optional(),
});

export async function refusalOf(response: Response) {
  const { code, issues = [] } = problemIn.parse(await response.json());
  return { status: response.status, code, paths: issues.map(({ path }) => path) };
}

const tables = z.record(z.string(), z.array(z.record(z.string(), z.unknown())));

export function home(user: string) {
  // The binding knows the production class; here the rooms are ours.
  const rooms = env.USER_ROOM as unknown as DurableObjectNamespace<UserRoom>;
  return rooms.getByName(user);
}

/** What a home has of its user's files, by table. */
export async function homeOf(user: string) {
  return tables.parse(JSON.parse(await home(user).fileRows()));
}

/** A home that has nothing of files, and counts none. */
export const NOTHING = {
  files: [],
  file_totals: [{ id: 1, files: 0, bytes: 0 }],
  file_carriers: [],
  file_removals: [],
};

/** Lets the home's alarm come after so much time. */
export async function ringAfter(user: string, ms: number): Promise<void> {
  control.clockAheadMs += ms;
  await runDurableObjectAlarm(home(user));
}

export async function inBucket(): Promise<string[]> {
  const { objects = [] } = (await env.FILES?.list()) ?? {};
  return objects.map(({ key }) => key);
}
