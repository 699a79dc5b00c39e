import { expect, it } from "vitest";
import { retryAfterMs } from "../../../src/agents/remote/retry-after";

const NOW = Date.UTC(2026, 10, 17, 12, 0, 0);

it.each([
  [{}, undefined],
  [{ "retry-after": "7" }, 7000],
  [{ "retry-after": " 1.5 " }, 1500],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "86400" }, 3_600_000],
  [{ "retry-after": "Tue, 17 Nov 2026 12:00:30 GMT" }, 30_000],
  [{ "retry-after": "Tue, 17 Nov 2026 11:00:00 GMT" }, 0],
  [{ "retry-after": "Tue, 17 Nov 2099 11:00:00 GMT" }, 3_600_000],
  [{ "retry-after-ms": "0.2" }, 1],
  [{ "retry-after-ms": "250", "retry-after": "7" }, 250],
  [{ "retry-after-ms": "soon", "retry-after": "7" }, 7000],
  [{ "retry-after": "" }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "1e9" }, undefined],
  [{ "retry-after": "Infinity" }, undefined],
  [{ "retry-after": "soon" }, undefined],
])("Retry-After %j is %j ms", (headers, expected) => {
  expect(retryAfterMs(headers, NOW)).toBe(expected);
});
