import { join } from "node:path";
import { decodeJwt, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { readDevVars } from "../../scripts/dev-vars";
import { Command, ROOT } from "../support/command";

async function token(...args: string[]) {
  const command = Command.script("token", args);
  return { code: await command.end(), stdout: command.stdout, stderr: command.stderr };
}

describe("npm run token", () => {
  it.each([
    [["--sub", "alice"], { sub: "alice" }, 86_400],
    [["--sub=alice", "--ttl", "30s"], { sub: "alice" }, 30],
    [["--sub", "bob", "--ttl", "15m", "--name", "Bob B."], { sub: "bob", name: "Bob B." }, 900],
    [["--sub", "root", "--scope", "admin", "--ttl", "1h"], { sub: "root", scope: "admin" }, 3600],
    [["--sub", "eve", "--scope", "read", "--ttl", "7d"], { sub: "eve", scope: "read" }, 604_800],
  ])("%j gives a token that says so", async (args, claims, ttl) => {
    const { code, stdout } = await token(...args);
    expect(code).toBe(0);
    const { iat = 0, exp = 0, ...rest } = decodeJwt(stdout.trim());
    expect(rest).toEqual(claims);
    expect(exp - iat).toBe(ttl);
  });

  it("signs with the secret of .dev.vars, and npm -s prints nothing else", async () => {
    const command = new Command("npm", ["run", "-s", "token", "--", "--sub", "alice"]);
    expect(await command.end()).toBe(0);
    expect(command.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const secret = readDevVars(join(ROOT, ".dev.vars")).AUTH_JWT_SECRET;
    const key = new TextEncoder().encode(secret);
    const { payload } = await jwtVerify(command.stdout.trim(), key, { algorithms: ["HS256"] });
    expect(payload.sub).toBe("alice");
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
  ])("refuses %j with its usage", async (args, complaint) => {
    const { code, stdout, stderr } = await token(...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(complaint);
    expect(stderr).toContain("Usage: npm run token");
  });
});
