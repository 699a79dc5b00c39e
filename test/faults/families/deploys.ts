import { HOME_SCENES } from "../deploy/home-scenes";
import { releasedCode, whyNoRelease } from "../deploy/release";
import type { MakeScene, Scene } from "../deploy/scene";
import { TURN_SCENES } from "../deploy/turn-scenes";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, type Fault, type Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

type How = "orderly" | "kill -9";
type Played = { scene: Scene; room: FaultRoom; wrong: string[] };

/** Each room sees the release and the present code in turn: half were born under either. */
async function play(
  stage: Stage,
  random: Random,
  { how, scenes }: { how: How; scenes: MakeScene[] },
): Promise<Findings> {
  const released = await releasedCode();
  const rooms: Played[] = [];
  try {
    await stage.server.change(released, how);
    rooms.push(...(await openAll(stage, random, scenes)));
    await changeOver(stage, rooms, { code: stage.code, how });
    rooms.push(...(await openAll(stage, random, scenes)));
    await changeOver(stage, rooms, { code: released, how });
    await changeOver(stage, rooms, { code: stage.code, how });
    return await Promise.all(rooms.map(found));
  } catch (error) {
    await Promise.all(rooms.map(({ room }) => room.close()));
    // Whatever comes next is played with the present code.
    await stage.server.change(stage.code, "kill -9");
    throw error;
  }
}

function openAll(stage: Stage, random: Random, scenes: MakeScene[]): Promise<Played[]> {
  return Promise.all(
    scenes.map(async (make) => {
      const scene = make();
      const options = { watchers: 2, hooked: random.chance(0.3), ...scene.room?.(stage) };
      return { scene, room: await FaultRoom.open(stage, random, options), wrong: [] };
    }),
  );
}

/** All in their states when the code changes; then each turn comes to its end under the other code. */
async function changeOver(
  stage: Stage,
  rooms: Played[],
  { code, how }: { code: Stage["code"]; how: How },
): Promise<void> {
  const early = rooms.filter(({ scene }) => !scene.withoutD1);
  const late = rooms.filter(({ scene }) => scene.withoutD1);
  await Promise.all(early.map(enter));
  if (late.length > 0) await stage.turn("d1", { is: "down" });
  await Promise.all(late.map(enter));
  await stage.server.change(code, how);
  // A client of a dead server may not be told for long.
  for (const { room } of rooms) for (const watcher of room.watchers) watcher.cut();
  await Promise.all(rooms.map(goOn));
}

async function enter({ scene, room, wrong }: Played): Promise<void> {
  try {
    await scene.enter(room);
  } catch (error) {
    wrong.push(`it was not reached: ${String(error)}`);
  }
}

async function goOn({ scene, room, wrong }: Played): Promise<void> {
  try {
    await Promise.all(room.watchers.map((watcher) => watcher.whenOpen()));
    wrong.push(...((await scene.leave?.(room)) ?? []));
    if (!scene.isMute) await room.send();
    await room.rest();
  } catch (error) {
    wrong.push(`it did not go on: ${String(error)}`);
  }
}

async function found({ scene, room, wrong }: Played): Promise<string[]> {
  const resumed = room.watchers.flatMap(({ name, epochs, frames }) => [
    ...expects(epochs.size === 1, `${name} met ${epochs.size} epochs`),
    ...expects(frames.of("history:reset").length === 0, `${name} had to begin anew`),
  ]);
  const all = [...wrong, ...resumed, ...(await check(room))];
  return all.map((what) => `${scene.name}: ${what}`);
}

function fault(name: string, how: How, scenes: MakeScene[]): Fault {
  const rooms = 2 * scenes.length;
  const options = { how, scenes };
  return { name, times: 1, rooms, play: (stage, random) => play(stage, random, options) };
}

/** The last release and the present code in turn over one storage: a deploy, its rollback, and again. */
export const deploys: Family = {
  name: "deploy",
  alone: true,
  missing: whyNoRelease,
  faults: [
    fault("turns, orderly", "orderly", TURN_SCENES),
    fault("turns, kill -9", "kill -9", TURN_SCENES),
    fault("homes, orderly", "orderly", HOME_SCENES),
    fault("homes, kill -9", "kill -9", HOME_SCENES),
  ],
};
