import { describe, expect, it } from "vitest";
import { settings } from "../../../src/platform/settings";
import { isAllowedOrigin } from "../../../src/worker/origin";

const checked = settings.parse({ ALLOWED_ORIGINS: "https://app.test, http://localhost:3000/" });

describe("the origin of a request to https://taskroom.test:8443", () => {
  it.each<[string, string | undefined, boolean]>([
    ["none: not a browser", undefined, true],
    ["the service's own", "https://taskroom.test:8443", true],
    ["its own by another scheme", "http://taskroom.test:8443", false],
    ["its own at another port", "https://taskroom.test", false],
    ["a subdomain", "https://evil.taskroom.test:8443", false],
    ["a listed one", "https://app.test", true],
    ["one listed with a slash", "http://localhost:3000", true],
    ["a listed one as a prefix", "https://app.test.evil.test", false],
    ["a listed one as a suffix", "https://evil-app.test", false],
    ["a listed host at another port", "https://app.test:444", false],
    ["null, as a sandboxed page has", "null", false],
    ["an empty one", "", false],
    ["a wildcard", "*", false],
  ])("%s", (_name, origin, allowed) => {
    const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
    const request = new Request("https://taskroom.test:8443/x", { headers });
    expect(isAllowedOrigin(request, checked)).toBe(allowed);
  });
});
