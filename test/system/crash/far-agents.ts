import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { endedTurn, execute, readEvents } from "../../support/agent-task";
import { finish, gate, text, wait } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { modelTeam } from "../../support/model-team";
import { Server } from "../../support/server";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";
import type { Arena } from "./arena";

const messages = z.looseObject({
  items: z.array(z.looseObject({ role: z.string(), content: z.string() })),
});
const tasks = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })) });
const turns = z.looseObject({ items: z.array(z.looseObject({ status: z.string() })) });

let far: WireUser;
let alice: WireUser;
let model: ModelServer;

/** The statuses of all turns that were ever begun at the far service. */
async function farTurns(): Promise<string[]> {
  const { items } = await far.ask(tasks, "GET", "/tasks?limit=200");
  const all = await Promise.all(
    items.map(({ id }) => far.ask(turns, "GET", `/tasks/${id}/turns?limit=200`)),
  );
  return all.flatMap((page) => page.items.map(({ status }) => status));
}

async function saidIn(taskId: string): Promise<string[]> {
  const { items } = await alice.ask(messages, "GET", `/messages?taskId=${taskId}`);
  return items.flatMap(({ role, content }) => (role === "assistant" ? [content] : []));
}

/** What a service holds whose agents are teams of another, through a `kill -9`. */
export function farAgents(arena: Arena): void {
  let teamRef: string;

  beforeAll(async () => {
    const there = new Server(inject("shared").production);
    model = await startModelServer();
    far = await WireUser.of(there, `far-${crypto.randomUUID().slice(0, 8)}`);
    alice = await WireUser.of(arena.server, "alice-with-far-agents");
    const url = `${there.url}/a2a/${await modelTeam(far, model)}/agent-card.json`;
    const headers = { Authorization: `Bearer ${await there.token(far.name)}` };
    teamRef = `${alice.name}/far`;
    const make = (kind: string, spec: object) =>
      alice.ask(z.unknown(), "POST", `/${kind}`, { metadata: { name: "far" }, spec });
    await make("shells", { runtime: "a2a", url, headers });
    await make("bots", { ghostRef: "system/assistant", shellRef: teamRef });
    await make("teams", {
      collaboration: "solo",
      members: [{ role: "far", botRef: teamRef }],
    });
  });
  afterAll(() => model.close());

  it.each(["before resumable", "after resumable", "text written"])(
    "[J7] kill -9 at %s: one run at the far service, one answer, and all of it",
    async (point) => {
      const before = await farTurns();
      const opened = gate();
      model.script([text("half "), wait(opened), text("whole"), finish()]);
      const taskId = await alice.newTask({ teamRef });
      let turnId = "";
      const sent = Promise.withResolvers<void>();
      await arena.killAt(point, 1, () => {
        void execute(alice, taskId).then((id) => {
          turnId = id;
          sent.resolve();
        });
      });
      await sent.promise;
      opened.open();
      expect(await endedTurn(alice, taskId, turnId)).toMatchObject({ status: "COMPLETED" });
      expect(await saidIn(taskId)).toEqual(["half whole"]);
      const starts = await readEvents(alice, taskId, "chat:start");
      expect(starts.map(({ data }) => data.reason)).toEqual(["first", "restart"]);
      expect(await farTurns()).toHaveLength(before.length + 1);
    },
  );

  it("[J8] a stop here stops the far service's turn", async () => {
    const opened = gate();
    model.script([text("half "), wait(opened), finish()]);
    const taskId = await alice.newTask({ teamRef });
    const turnId = await execute(alice, taskId);
    await opened.reached;
    await alice.ask(z.unknown(), "POST", `/tasks/${taskId}/turns/${turnId}/interrupt`, {});
    await until("it is stopped there", async () => (await farTurns()).includes("INTERRUPTED"));
    opened.open();
  });
}
