import { expect, it } from "vitest";
import type { Message } from "../../../src/client";
import { versionsOf } from "../../../src/console/room/conversation/changes/versions";

function said(id: string, over: Partial<Message>): Message {
  return {
    ...{ id, seq: 1, taskId: "task_1", turnId: `turn_of_${id}`, threadId: "main" },
    ...{ role: "user", content: id, status: "complete", createdAt: "", metadata: {} },
    ...over,
  };
}

it("an edit's versions are what it and those before it took the place of, the newest first", () => {
  const first = said("m1", { supersededBy: "m3" });
  const answer = said("m2", { role: "assistant", supersededBy: "m3" });
  const second = said("m3", { supersededBy: "m5" });
  const standing = said("m5", { replaces: "m3" });
  const other = said("m0", {});
  expect(versionsOf(standing, [other, first, answer, second])).toEqual([[second], [first, answer]]);
});

it("an answer's versions go back by the turns that gave them", () => {
  const first = said("a1", { role: "assistant", turnId: "t1", supersededBy: "t2" });
  const second = said("a2", { role: "assistant", turnId: "t2", supersededBy: "t3" });
  const third = said("a3", { role: "assistant", turnId: "t3" });
  expect(versionsOf(third, [first, second])).toEqual([[second], [first]]);
});

it("what supersedes itself, or nothing that is known, ends the search", () => {
  const circle = said("a", { role: "assistant", turnId: "t", supersededBy: "t" });
  expect(versionsOf(circle, [circle])).toEqual([[circle]]);
  expect(versionsOf(said("m", { replaces: "gone" }), [])).toEqual([]);
});
