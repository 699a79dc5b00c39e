import fc from "fast-check";
import { it } from "vitest";
import { solo } from "../../support/engine-builders";
import { brief, World } from "../../support/engine-world";
import { perform, scenario } from "./room-commands";
import { Auditor } from "./room-invariants";

it("scratch", () => {
  const n = new Map<string, number>();
  const count = (k: string) => n.set(k, (n.get(k) ?? 0) + 1);
  for (const { plans, commands, beginsByItself } of fc.sample(scenario, 1000)) {
    const world = new World(plans[0] ?? solo(), { watch: new Auditor().check, beginsByItself });
    for (const c of commands) {
      count(`cmd ${c.do}`);
      perform(world, c, plans);
    }
    for (const e of world.trace) {
      if (e.type === "turn:status")
        count(
          `turn ${e.data.previous}→${e.data.status} ${e.data.reason?.slice(0, 20)} ${e.data.error?.code} ${e.data.turn ? "T" : ""}`,
        );
      else if ("seq" in e)
        count(
          brief(e)
            .split(" ")
            .slice(0, e.type.startsWith("phase") ? 1 : 2)
            .join(" "),
        );
      else count(e.type);
    }
    for (const e of world.effects) count(`effect ${e.type}`);
  }
  for (const [k, v] of [...n].sort()) process.stdout.write(`${v} × ${k}\n`);
}, 60000);
