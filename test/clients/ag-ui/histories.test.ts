import { expect, it } from "vitest";
import { failStep } from "../../../src/engine/step/fail";
import { waitInStep } from "../../../src/engine/step/go-on";
import { decideCall } from "../../../src/engine/step/tool-answers";
import { cancelTurn } from "../../../src/engine/task/people";
import type { StepFailure, StepRecord } from "../../../src/resources/step";
import { agent, member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";
import { itemsFrom } from "../../support/turn-feed";
import { eventsOf, hadBy, shownBy } from "./screen";

const USER = [{ id: "u", role: "user", content: "hello" }];
const CALL = { round: 0, index: 0, toolCallId: "c", name: "pay", input: {} };
const ASKED: StepRecord[] = [
  { type: "round", round: 0, text: "May I?", thinking: "hm", calls: [CALL] },
  { type: "tool-approval", ...CALL },
];

it("[AG3] whoever goes on after a wait is told that what was asked is void, also before anything is there instead", async () => {
  const world = new World(pipeline([member("buy", { onFailure: { rollbackTo: "buy" } })]));
  const turnId = world.send();
  world.record(ASKED);
  world.act((draft) => waitInStep(draft, world.attempt));
  const asked = itemsFrom(world.trace, world.turn(turnId), 3);
  const { has } = await hadBy(await eventsOf(asked, turnId, { messages: USER }), USER);
  expect(has).toHaveLength(3);
  const named = { turnId, toolCallId: "c", round: 0, index: 0, by: OWNER };
  world.act((draft) => decideCall(draft, { ...named, approve: true }));
  world.fail("model_rejected");
  const at = world.trace.length;
  world.write("Anew.");
  const items = itemsFrom(world.trace, world.turn(turnId), at);
  const shown = await shownBy(await eventsOf(items, turnId, { messages: has }), has);
  expect(shown).toMatchObject({
    thoughts: {},
    messages: [{ id: "u" }, { content: "Anew.", toolCalls: [] }],
  });
});

it("[AG2] whoever comes while an agent's next attempt is waited for has what it can go on from, also when it is stopped", async () => {
  const world = new World(solo({ agent: agent("remote", "http") }));
  const turnId = world.send();
  world.write("One chapter.");
  world.record([{ type: "resumable", memo: null }]);
  world.write(" And half of");
  world.act((draft) => failStep(draft, world.attempt, UNAVAILABLE));
  const at = world.trace.length;
  world.act((draft) => cancelTurn(draft, { by: OWNER }));
  for (const from of [3, at]) {
    const items = itemsFrom(world.trace, world.turn(turnId), from);
    const events = await eventsOf(items, turnId, { messages: USER, tellsAll: true });
    expect((await shownBy(events)).messages).toMatchObject([
      { id: "u" },
      { content: "One chapter." },
    ]);
  }
});

const UNAVAILABLE: StepFailure = {
  type: "failure",
  code: "model_unavailable",
  message: "away",
  retryable: true,
};
