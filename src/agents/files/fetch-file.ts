import { boundedBytes } from "../../platform/bounded-bytes";
import { checkTarget } from "../../platform/target";
import { LIMITS } from "../../protocol/limits";
import { OutOfTime, within } from "../within";

/** Milliseconds for the whole of a file. */
const FETCH_MS = 60_000;

export type Fetched = { bytes: Uint8Array<ArrayBuffer>; mediaType?: string };
/** An agent's own origin, and the headers that go there alone. */
export type OwnOrigin = { origin: string; headers: Headers };
type Doors = { allowPrivate: boolean; signal: AbortSignal; own?: OwnOrigin | undefined };

/**
 * A file at an address that an agent or a model named: under the rules for such addresses, without
 * redirects, bounded in bytes and time. `why` goes on after the file's name.
 */
export async function fetchFile(
  address: string,
  { allowPrivate, signal, own }: Doors,
): Promise<Fetched | { why: string }> {
  const target = checkTarget(address, { allowPrivate });
  if (!target.ok) return { why: `its address ${target.reason}` };
  try {
    const headers = target.url.origin === own?.origin ? own.headers : new Headers();
    return await within(FETCH_MS, signal, (limit) => bytesAt(target.url, headers, limit));
  } catch (error) {
    if (error instanceof OutOfTime) return { why: "its address did not give it in time" };
    return { why: "its address cannot be reached" };
  }
}

async function bytesAt(
  url: URL,
  own: Headers,
  signal: AbortSignal,
): Promise<Fetched | { why: string }> {
  const response = await fetch(url, { headers: own, redirect: "manual", signal });
  const { body, headers } = response;
  if (!response.ok || !body) {
    await body?.cancel();
    return { why: `its address answers HTTP ${response.status}` };
  }
  const expected = Number(headers.get("content-length") ?? 0) || 0;
  const bytes = await boundedBytes(body, LIMITS.fileBytes, expected);
  const mediaType = headers.get("content-type");
  return bytes
    ? { bytes, ...(mediaType !== null && { mediaType }) }
    : { why: `it is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB` };
}
