import { describe, expect, it } from "vitest";
import { type Action, mayAct } from "../../../src/engine/task/permissions";
import { role, scope } from "../../../src/protocol/identity";

const ALLOWED: Record<Action, string[]> = {
  watch: role.options.flatMap((who) => scope.options.map((what) => `${who} ${what}`)),
  leave: role.options.flatMap((who) => [`${who} write`, `${who} admin`]),
  write: ["owner write", "owner admin", "editor write", "editor admin"],
  own: ["owner write", "owner admin"],
};

const actions: Action[] = ["watch", "leave", "write", "own"];
const cases = actions.flatMap((action) =>
  role.options.flatMap((who) =>
    scope.options.map((what) => ({
      action,
      who,
      what,
      may: ALLOWED[action].includes(`${who} ${what}`),
    })),
  ),
);

describe("a role grants the action, and the credential's scope must reach it", () => {
  it.each(cases)("$who with scope $what, $action: $may", ({ action, who, what, may }) => {
    const principal = { userId: "alice", scope: what, expiresAt: null };
    expect(mayAct(principal, who, action)).toBe(may);
  });
});
