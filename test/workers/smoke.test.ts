import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";

it("runs", async () => {
  const r = await exports.default.fetch("http://x/healthz");
  expect(r.status).toBe(200);
});
