import { describe, expect, it } from "vitest";
import { fitContext } from "../../../src/agents/model/context";
import { promptOf } from "../../../src/agents/model/prompt";
import { cancelTurn, retryTurn } from "../../../src/engine/task/people";
import type { Message } from "../../../src/protocol/message";
import { usesIn } from "../../../src/protocol/tools/tool-use";
import type { ContextRule } from "../../../src/resources/specs";
import type { StepRequest } from "../../../src/resources/step";
import { member, OWNER, pipeline } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

/** The newest attempt has this tool called, and is given what it did. */
function uses(world: World, name: string): void {
  const round = world.rounds().length;
  const call = { round, index: 0, toolCallId: "same", name, input: { by: name } };
  const { input, ...named } = call;
  world.record([
    { type: "round", round, text: `I ${name}.`, calls: [call] },
    { type: "tool-call", ...call },
    { type: "tool-result", ...named, output: `${name} done` },
  ]);
}

/** What a model is told, calls as `name`, their results as they are, words in quotes. */
function told(request: StepRequest | undefined, hasTools = true): string[] {
  if (!request) return [];
  const fitted = fitContext({ ...request, systemPrompt: "", contextWindow: 8000, hasTools });
  return promptOf(fitted).flatMap(({ content }) =>
    typeof content === "string"
      ? []
      : content.map((part) => {
          if (part.type === "tool-call") return part.toolName;
          if (part.type === "tool-result") return String(Reflect.get(part.output, "value"));
          return part.type === "text" ? `"${part.text.replaceAll("\n", " ")}"` : part.type;
        }),
  );
}

const named = (messages: readonly Message[]) =>
  messages.flatMap(({ metadata }) => usesIn(metadata).map(({ name, run }) => [name, run]));

const FAILED = '"## build  This phase failed. What its tools did stands."';

describe("[E5] what the tools of a failed phase did", () => {
  function failed(context: ContextRule): World {
    const world = new World(
      pipeline(["plan", member("build", { onFailure: "continue" }), member("check", { context })]),
    );
    world.send("a game");
    world.finish("the plan");
    uses(world, "pay");
    world.fail("model_rejected");
    return world;
  }

  it.each<[ContextRule, string[]]>([
    ["none", []],
    ["input", []],
    ["previous", ['"## plan  the plan"', "pay", "pay done", FAILED]],
    ["all", ['"## plan  the plan"', "pay", "pay done", FAILED]],
  ])("is told to later phases whose context is %s", (context, all) => {
    const words = told(failed(context).request()).filter((one) => !one.includes("a game"));
    expect(words.map((one) => one.replace("Written earlier by an assistant:  ", ""))).toEqual(all);
  });

  it("is told in words where there are no tools on offer", () => {
    const words = told(failed("all").request(), false).join();
    expect(words).toContain('[pay({"by":"pay"}): pay done]');
  });

  it("is told to the next turn, once", () => {
    const world = failed("all");
    world.finish("checked");
    const history = world.room.state.messages.filter(({ role }) => role === "assistant");
    world.send("once more");
    const next = told(world.request(history));
    expect(next.filter((one) => one === "pay done")).toHaveLength(1);
  });
});

describe("[E5] what the tools of a phase did that was rolled back", () => {
  function rolledBack(): World {
    const world = new World(
      pipeline(["make", member("check", { onFailure: { rollbackTo: "make" } })]),
    );
    world.send("a game");
    uses(world, "buy");
    world.finish("made");
    uses(world, "deploy");
    world.fail("model_rejected");
    return world;
  }
  const all = (request: StepRequest | undefined) =>
    told(request).filter((one) => one.endsWith(" done"));

  it("is told to every phase that begins afterwards, once", () => {
    const world = rolledBack();
    expect(world.request()?.run).toBe(2);
    expect(all(world.request())).toEqual(["buy done", "deploy done"]);
    uses(world, "sell");
    world.finish("made anew");
    expect(all(world.request())).toEqual(["buy done", "deploy done"]);
    uses(world, "ship");
    world.fail("model_rejected");
    // Rolled back once more: each run's are there.
    expect(all(world.request())).toEqual(["buy done", "sell done", "deploy done", "ship done"]);
  });

  it("is in the messages that take the place of theirs, and so in the next turn", () => {
    const world = rolledBack();
    uses(world, "sell");
    world.finish("made anew");
    world.finish("checked");
    const answers = world.room.state.messages.filter(({ role }) => role === "assistant");
    expect(named(answers)).toEqual([
      ["buy", 1],
      ["sell", undefined],
      ["deploy", 1],
    ]);
    world.send("once more");
    expect(all(world.request(answers))).toEqual(["buy done", "sell done", "deploy done"]);
  });

  it("is kept by a stop, and a retry of the turn does not go on from it", () => {
    const world = rolledBack();
    const turnId = world.turnIds[0] ?? "";
    world.act((draft) => cancelTurn(draft, { by: OWNER }));
    const record = world.closed.get(turnId);
    if (!record) throw new Error("the turn is open");
    expect(named(world.room.state.messages)).toEqual([
      ["deploy", undefined],
      ["buy", 1],
    ]);
    world.act((draft) => retryTurn(draft, record));
    expect(world.rounds()).toEqual([]);
    expect(all(world.request())).toEqual(["buy done", "deploy done"]);
  });
});
