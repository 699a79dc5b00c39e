import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { setTimeout as wait } from "node:timers/promises";

export type Health = "healthy" | "unhealthy" | "ended";

/** Asks `/healthz` until it says 200, the server has ended, or the deadline has passed. */
export async function waitForHealth(
  origin: string,
  { hasEnded, deadlineMs }: { hasEnded: () => boolean; deadlineMs: number },
): Promise<Health> {
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    if (hasEnded()) return "ended";
    if ((await statusOf(`${origin}/healthz`)) === 200) return "healthy";
    await wait(100);
  }
  return "unhealthy";
}

/** The status of an answer; nothing where none came. */
function statusOf(url: string): Promise<number | undefined> {
  const get = url.startsWith("https:") ? getHttps : getHttp;
  return new Promise((resolve) => {
    // A local server's certificate is its own; it is asked for nothing but life.
    const request = get(url, { rejectUnauthorized: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
  });
}
