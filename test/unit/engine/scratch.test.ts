import fc from "fast-check";
import { it } from "vitest";
import { World } from "../../support/engine-world";
import { perform, scenario } from "./room-commands";
import { Auditor } from "./room-invariants";
import { solo } from "../../support/engine-builders";
it("scratch", () => {
  const seen = new Map<string, { n: number; small: string; size: number }>();
  for (const { plans, commands } of fc.sample(scenario, 4000)) {
    const world = new World(plans[0] ?? solo(), { watch: new Auditor().check, beginsByItself: false });
    let i = 0;
    try {
      for (const c of commands) { i++; perform(world, c, plans); }
    } catch (e) {
      const key = String((e as Error).message).split(": ")[0] ?? "";
      const old = seen.get(key) ?? { n: 0, small: "", size: 1e9 };
      old.n++;
      if (i < old.size) { old.size = i; old.small = JSON.stringify(commands.slice(0, i)) + "\n   " + String((e as Error).stack).slice(0, 1500) + JSON.stringify(plans[0]?.members.map(m=>[m.role,m.onFailure,m.requireConfirmation])); }
      seen.set(key, old);
    }
  }
  for (const [k, v] of seen) process.stdout.write(`${v.n} × ${k}\n   ${v.small}\n`);
});
