import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { LIMITS } from "../../../src/protocol/limits";
import { newUser } from "../../support/room-client";
import { call, codeOf, token } from "./build";

const ask = async (sub: string, over = {}) =>
  call("/api/v1/tasks", { token: await token({ sub }), env: over });

it("a user past the window's requests is refused and told when to come back; others are not", async () => {
  const eager = newUser();
  const small = { RATE_LIMIT: env.SMALL_RATE_LIMIT };
  const { status, headers } = await ask(eager, small);
  const policy = `"user";q=${LIMITS.requestsPerWindow};w=60`;
  expect([status, headers.get("RateLimit-Policy")]).toEqual([200, policy]);
  // The window may end in between: then some more are let through.
  let refused = await ask(eager, small);
  while (refused.ok) refused = await ask(eager, small);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(await codeOf(refused)).toBe("rate_limited");
  expect((await ask(newUser(), small)).status).toBe(200);
});

it("a limiter that is out of order keeps nobody out", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const broken = { limit: () => Promise.reject(new Error("down")) };
  expect((await ask(newUser(), { RATE_LIMIT: broken })).status).toBe(200);
  log.mockRestore();
});

it("whoever makes something is told both of its limits", async () => {
  const made = await call("/api/v1/tasks", {
    method: "POST",
    token: await token({ sub: newUser() }),
    body: {},
  });
  expect(made.status).toBe(201);
  const policies = made.headers.get("RateLimit-Policy")?.split(", ");
  expect(policies).toEqual([
    `"tasks";q=${LIMITS.tasksPerWindow};w=60`,
    `"user";q=${LIMITS.requestsPerWindow};w=60`,
  ]);
});
