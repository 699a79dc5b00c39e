import { done, finish, type Script, status, text } from "../../support/model-script";
import { json, pause } from "../../support/remote-agent";
import { until } from "../../support/until";
import type { FaultUser } from "../fault-user";
import type { FaultRoom, SendOptions } from "../room";
import { expects } from "../scenario";
import { agentTeam } from "../team";
import type { MakeScene } from "./scene";

/** Longer than it takes to change the code; each piece comes before the stall limit. */
const PIECES = 60;
const PIECE_MS = 500;
const LONG_MS = PIECES * PIECE_MS;
const RETRY = { maxAttempts: 4, initialMs: 8000, factor: 1, maxMs: 8000, jitter: false };

function longAnswer(mark: string): Script {
  const pieces = Array.from(
    { length: PIECES },
    (_, i): Script => [text(`${mark} ${i} `), { do: "pause", ms: PIECE_MS }],
  );
  return [...pieces.flat(), finish(), done];
}

/** Sends, and waits until its turn says something like that. */
async function sendAndSee(room: FaultRoom, type: string, options?: SendOptions): Promise<string> {
  const from = room.client.frames.all.length;
  const { turnId } = await room.send(options);
  await room.client.next((frame) => frame.type === type, from);
  return turnId;
}

async function stream(room: FaultRoom): Promise<string> {
  room.stage.script(room.mark, longAnswer(room.mark));
  return sendAndSee(room, "chat:chunk");
}

const streams: MakeScene = () => ({
  name: "a turn streams",
  enter: async (room) => {
    await stream(room);
  },
});

const retries: MakeScene = () => ({
  name: "a turn waits for a retry",
  room: () => ({
    task: async (owner: FaultUser) => {
      const member = { role: "work", botRef: "system/assistant", retry: RETRY };
      await owner.make("teams", "patient", { collaboration: "solo", members: [member] });
      return { teamRef: `${owner.name}/patient` };
    },
  }),
  enter: async (room) => {
    room.stage.script(room.mark, status(503));
    await sendAndSee(room, "chat:error");
  },
});

const confirms: MakeScene = () => {
  let turnId = "";
  return {
    name: "a turn waits for a person",
    isMute: true,
    room: (stage) => ({
      task: (owner: FaultUser) =>
        agentTeam(stage, owner, [{ role: "plan", requireConfirmation: true }, { role: "do" }]),
    }),
    enter: async (room) => {
      turnId = await sendAndSee(room, "phase:waiting");
    },
    leave: async ({ client }) => {
      const turn = client.frames.state?.openTurns.find(({ id }) => id === turnId);
      const step = turn?.steps.find((one) => one.status === "WAITING")?.step;
      const reply = await client.ask("turn:confirm", { turnId, step, approve: true });
      return expects(reply?.type === "ack", `the confirmation got ${reply?.error?.code}`);
    },
  };
};

const queues: MakeScene = () => ({
  name: "turns wait in the queue",
  enter: async (room) => {
    await stream(room);
    await room.send({ onBusy: "enqueue" });
    await room.send({ onBusy: "enqueue", by: room.last });
  },
});

const phases: MakeScene = () => ({
  name: "a pipeline is between its phases",
  room: (stage) => ({
    task: (owner: FaultUser) => {
      const rules = { timeoutMs: LONG_MS, retry: { ...RETRY, initialMs: 100, maxMs: 100 } };
      return agentTeam(stage, owner, [
        { role: "plan", ...rules },
        { role: "do", ...rules },
      ]);
    },
  }),
  enter: async (room) => {
    const { stage, mark } = room;
    const slow = [pause(LONG_MS), ...json({ output: `${mark} too late` })];
    stage.scriptAgent(mark, json({ output: `${mark} the plan ${room.sent.length}` }), slow);
    await sendAndSee(room, "phase:done");
  },
});

const guides: MakeScene = () => {
  let content = "";
  return {
    name: "guidance is pending",
    enter: async (room) => {
      const turnId = await stream(room);
      content = room.newContent();
      // It may become a message of its own.
      room.note(content);
      await room.client.ask("chat:guide", { turnId, content });
    },
    leave: async ({ client }) => {
      const said = () =>
        client.frames.of("chat:guided").filter(({ data }) => Object(data).content === content);
      await until("the guidance is applied", () => said().length > 0).catch(() => undefined);
      return expects(said().length === 1, `the guidance was told ${said().length} times`);
    },
  };
};

/** What a turn may be doing. */
export const TURN_SCENES = [streams, retries, confirms, queues, phases, guides];
