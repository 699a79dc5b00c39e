import { join } from "node:path";
import { jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { readDevVars } from "../../scripts/dev-vars";
import { Command, ROOT } from "../support/command";

describe("npm run token", () => {
  it("signs what was asked for with the secret of .dev.vars, and npm -s prints nothing else", async () => {
    const args = ["--sub", "bob", "--ttl", "15m", "--name", "Bob B.", "--scope", "read"];
    const command = new Command("npm", ["run", "-s", "token", "--", ...args]);
    expect(await command.end()).toBe(0);
    expect(command.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const secret = readDevVars(join(ROOT, ".dev.vars")).AUTH_JWT_SECRET;
    const key = new TextEncoder().encode(secret);
    const { payload } = await jwtVerify(command.stdout.trim(), key, { algorithms: ["HS256"] });
    const { iat = 0, exp = 0, ...claims } = payload;
    expect(claims).toEqual({ sub: "bob", name: "Bob B.", scope: "read" });
    expect(exp - iat).toBe(900);
  });

  it("refuses what it does not understand, with its usage", async () => {
    const command = Command.script("token", ["--sub", "alice", "--ttl", "1 hour"]);
    expect(await command.end()).toBe(2);
    expect(command.stdout).toBe("");
    expect(command.stderr).toContain("--ttl 1 hour");
    expect(command.stderr).toContain("Usage: npm run token");
  });
});
