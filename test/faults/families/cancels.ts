import { setTimeout as wait } from "node:timers/promises";
import { done, finish, hang, type Script, status, text } from "../../support/model-script";
import type { FaultUser } from "../fault-user";
import { noServerError } from "../invariants";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";
import { agentTeam } from "../team";

const TIMES = 16;

/** A stop that races with the end has one winner. */
async function playDone(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  stage.script(room.mark, answerIn(room.mark, random.between(0, 30)));
  const { turnId } = await room.send();
  await wait(random.between(0, 60));
  await room.last.ask("chat:cancel", random.chance(0.5) ? { turnId } : {});
  return check(room);
}

/** A stop in the same moment as the model's limit. */
async function playTimeout(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  stage.script(room.mark, random.chance(0.5) ? [hang] : [text(`${room.mark} half `), hang]);
  await room.send();
  await wait(random.between(900, 1100));
  await room.last.ask("chat:cancel");
  return check(room);
}

/** A stop in a retry wait, or just as it ends. */
async function playRetryWait(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  stage.script(room.mark, status(503), status(503));
  await room.send();
  await wait(random.between(0, 200));
  await room.last.ask("chat:cancel");
  return check(room);
}

/** Stopped and tried again while the provider of the stopped attempt goes on. */
async function playRetry(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  const [gapMs, laterGapMs] = [random.between(20, 60), random.between(60, 120)];
  stage.script(room.mark, answerIn(room.mark, gapMs), answerIn(room.mark, laterGapMs));
  const { turnId } = await room.send();
  await room.client.next(({ type }) => type === "chat:chunk");
  await room.last.ask("chat:cancel", { turnId });
  const reply = await room.client.ask("chat:retry", { turnId });
  const again = expects(reply?.type === "ack", `the retry got ${reply?.error?.code}`);
  return [...again, ...(await check(room))];
}

/** A stop against the person who confirms. */
async function playConfirm(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, {
    watchers: 2,
    task: (owner: FaultUser) =>
      agentTeam(stage, owner, [{ role: "plan", requireConfirmation: true }, { role: "do" }]),
  });
  const { turnId } = await room.send();
  await room.client.next(({ type }) => type === "phase:waiting");
  const step = room.client.frames.state?.openTurns[0]?.steps[0]?.step;
  const answer = { turnId, step, approve: random.chance(0.7) };
  const stop = () => room.client.ask("chat:cancel", { turnId });
  const confirm = () => room.last.ask("turn:confirm", answer);
  await Promise.all(random.chance(0.5) ? [stop(), confirm()] : [confirm(), stop()]);
  await room.client.ask("chat:cancel");
  return check(room);
}

/** The task is deleted while it is at work: nothing comes back. */
async function playDelete(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2, hooked: false });
  stage.script(room.mark, answerIn(room.mark, random.between(5, 40)));
  await room.send();
  await wait(random.between(0, 80));
  const { owner, taskId, client } = room;
  await Promise.all([owner.call("DELETE", `/tasks/${taskId}`), client.ask("chat:cancel")]);
  const paths = ["", "/turns", "/events", "/stats"].map((path) => `/tasks/${taskId}${path}`);
  const answers = await Promise.all(paths.map((path) => owner.call("GET", path)));
  const kept = answers.filter(({ status }) => status !== 404);
  await Promise.all(room.watchers.map((watcher) => watcher.whenLost(0)));
  const codes = room.watchers.map(({ closeCodes }) => closeCodes[0]);
  await room.close();
  return [
    ...expects(kept.length === 0, `${kept.length} paths of a deleted task still answer`),
    ...expects(
      codes.every((code) => code === 4410),
      `its sockets closed with ${codes}`,
    ),
    ...noServerError(owner),
  ];
}

/** A whole answer that takes its time. */
function answerIn(mark: string, gapMs: number): Script {
  const words = ["slowly ", "said ", `with ${gapMs} ms `, "between 🎉"];
  const paced = words.flatMap((word): Script => [{ do: "pause", ms: gapMs }, text(word)]);
  return [text(`${mark} `), ...paced, finish(), done];
}

/** A stop, against whatever else may happen in the same moment. */
export const cancels: Family = {
  name: "cancel",
  alone: false,
  faults: [
    fault("against done", TIMES * 2, playDone),
    fault("against the model's limit", TIMES, playTimeout),
    fault("in a retry wait", TIMES, playRetryWait),
    fault("against retry", TIMES, playRetry),
    fault("against confirm", TIMES, playConfirm),
    fault("against delete", TIMES, playDelete),
  ],
};
