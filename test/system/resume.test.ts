import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import type { RoomState } from "../../src/protocol/room-state";
import { Frames } from "../support/frames";
import {
  type Action,
  done,
  finish,
  hang,
  type Script,
  status,
  text,
  thinking,
} from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { modelTeam } from "../support/model-team";
import { Server } from "../support/server";
import type {} from "../support/shared-servers";
import { Tape } from "../support/tape";
import { type WireClient, WireUser } from "../support/wire-client";

const STORIES = 5;
const seed = Date.now() % 2 ** 31;

let model: ModelServer;
let alice: WireUser;
let teamRef: string;

beforeAll(async () => {
  model = await startModelServer();
  alice = await WireUser.of(new Server(inject("shared").testBuild), "alice-who-resumes");
  teamRef = await modelTeam(alice, model);
});

afterAll(() => model.close());

type Turn = { attempts: Action[][]; ends: "whole" | "stopped"; cuts: number[]; again: boolean };

const word = fc.constantFrom("one ", "two ", "👩‍🚀 ", "漢字 ", "x".repeat(2000));
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: word.map(text) },
  { weight: 1, arbitrary: word.map(thinking) },
  { weight: 2, arbitrary: fc.nat({ max: 15 }).map((ms): Action => ({ do: "pause", ms })) },
);
const turn: fc.Arbitrary<Turn> = fc.record({
  // The last of them is the one that counts; those before it fail.
  attempts: fc.array(fc.array(action, { minLength: 2, maxLength: 12 }), {
    minLength: 1,
    maxLength: 3,
  }),
  ends: fc.constantFrom("whole", "whole", "stopped"),
  cuts: fc.array(fc.nat(), { minLength: 2, maxLength: 2 }),
  again: fc.boolean(),
});

function scriptsOf({ attempts, ends }: Turn): Script[] {
  return attempts.map((actions, i) => {
    if (i < attempts.length - 1) return i % 2 ? status(503) : [...actions, { do: "reset" }];
    return ends === "whole" ? [...actions, finish(), done] : [...actions, text("…"), hang];
  });
}

/** A client that was lost where its state says, came back, and what it has heard since. */
type Comer = { client: WireClient; from: number; seqs: number[] };

async function comeBack(taskId: string, epoch: string, had: RoomState): Promise<WireClient> {
  return alice.join(taskId, { after: had.task.headSeq, epoch }, new Frames(had));
}

async function lostAgain(taskId: string, epoch: string, comer: Comer): Promise<void> {
  const { frames } = comer.client;
  const had = frames.state;
  comer.seqs.push(...frames.all.flatMap(({ seq }) => seq ?? []));
  void comer.client.close();
  if (had) comer.client = await comeBack(taskId, epoch, had);
}

it("[R1] over real sockets too: wherever a client is lost, it resumes to the state of one that stayed", async ({
  annotate,
}) => {
  let returns = 0;
  const rule = fc.asyncProperty(fc.array(turn, { minLength: 2, maxLength: 3 }), async (turns) => {
    const taskId = await alice.newTask({ teamRef });
    const tape = new Tape();
    const stayer = await alice.join(taskId, {}, tape);
    const { epoch } = stayer.ready;
    const comers: Comer[] = [];
    for (const told of turns) {
      model.script(...scriptsOf(told));
      const heard = tape.all.length;
      await stayer.ask("chat:send", { content: "go on 🚀" });
      for (const [i, cut] of told.cuts.entries()) {
        // Comes back while the turn goes on, a little later each time.
        await tape.next(() => tape.all.length > heard + 4 * (i + 1) || isOver(tape));
        const had = tape.states[cut % tape.states.length];
        if (!had) continue;
        comers.push({
          client: await comeBack(taskId, epoch, had),
          from: had.task.headSeq,
          seqs: [],
        });
      }
      if (told.again) await Promise.all(comers.map((comer) => lostAgain(taskId, epoch, comer)));
      if (told.ends === "stopped") {
        await tape.next(() => tape.state?.streams[0]?.text.endsWith("…") === true);
        await stayer.ask("chat:cancel");
      }
      await tape.next(() => isOver(tape));
    }
    const stayed = tape.state;
    const head = stayed?.task.headSeq ?? 0;
    for (const { client, from, seqs } of comers) {
      await client.frames.next(() => client.frames.state?.task.headSeq === head);
      expect(client.frames.state).toEqual(stayed);
      const all = [...seqs, ...client.frames.all.flatMap(({ seq }) => seq ?? [])];
      expect(all).toEqual(Array.from({ length: head - from }, (_, i) => from + 1 + i));
    }
    returns += comers.length;
    await Promise.all([stayer, ...comers.map(({ client }) => client)].map((one) => one.close()));
  });
  await fc.assert(rule, { seed, numRuns: STORIES, endOnFailure: true });
  await annotate(`${returns} cut points over real sockets, seed ${seed}`);
  expect(returns).toBeGreaterThanOrEqual(20);
});

/** The turn has ended, and everybody has been told. */
function isOver({ state }: Frames): boolean {
  return state?.openTurns.length === 0 && state.task.status !== "RUNNING";
}
