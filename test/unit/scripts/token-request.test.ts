import { expect, it } from "vitest";
import { readTokenRequest } from "../../../scripts/token-request";

it.each([
  [["--sub", "alice"], { sub: "alice", ttlSeconds: 86_400 }],
  [["--sub=alice", "--ttl", "30s"], { sub: "alice", ttlSeconds: 30 }],
  [
    ["--sub", "bob", "--ttl", "15m", "--name", "Bob B."],
    { sub: "bob", ttlSeconds: 900, name: "Bob B." },
  ],
  [
    ["--sub", "root", "--scope", "admin", "--ttl", "1h"],
    { sub: "root", ttlSeconds: 3600, scope: "admin" },
  ],
  [
    ["--sub", "eve", "--scope", "read", "--ttl", "7d"],
    { sub: "eve", ttlSeconds: 604_800, scope: "read" },
  ],
])("%j is understood", (args, request) => {
  expect(readTokenRequest(args)).toEqual(request);
});

it.each([
  [[], "--sub is missing"],
  [["--sub"], "--sub"],
  [["--sub", ""], "--sub is missing"],
  [["--sub", "a", "--scope", "root"], "--scope root"],
  [["--sub", "a", "--ttl", "1 hour"], "--ttl 1 hour"],
  [["--sub", "a", "--ttl", "0s"], "--ttl 0s"],
  [["--sub", "a", "--admin"], "--admin"],
  [["--sub", "a", "b"], "b"],
])("%j is refused with what is wrong", (args, complaint) => {
  expect(readTokenRequest(args)).toContain(complaint);
});

it("who asks for help gets it, whatever else was said", () => {
  expect(readTokenRequest(["--help"])).toBeUndefined();
  expect(readTokenRequest(["--help", "--ttl", "never"])).toBeUndefined();
});
