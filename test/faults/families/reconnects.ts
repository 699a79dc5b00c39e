import { setTimeout as wait } from "node:timers/promises";
import { done, finish, type Script, text } from "../../support/model-script";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

/** Connections that are lost at a time. */
const CUTS = 5;
const CROWD = 200;
const ROUNDS = 20;

/** Many clients, each lost and back many times while the model speaks. */
async function play(stage: Stage, random: Random, clients: number): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 1, hooked: false });
  await Promise.all(Array.from({ length: clients }, (_, i) => room.watch({ replay: i % 5 === 0 })));
  stage.script(room.mark, stream(room.mark, random), stream(room.mark, random));
  await room.send();
  await room.send();
  while (!room.isAtRest) {
    for (let i = 0; i < CUTS; i++) {
      const watcher = room.watchers[random.between(1, clients)];
      if (watcher?.isOpen) watcher.cut();
    }
    await wait(random.between(50, 150));
  }
  return check(room);
}

/** A crowd that is lost and comes back as one, round after round, while the model speaks. */
async function playCrowd(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 1, hooked: false });
  const crowd = await Promise.all(Array.from({ length: CROWD }, () => room.watch()));
  for (let round = 0; round < ROUNDS; round++) {
    stage.script(room.mark, stream(room.mark, random));
    if (round === 0 || room.isAtRest) await room.send();
    for (const watcher of crowd) watcher.cut();
    await Promise.all(crowd.map((watcher) => watcher.whenOpen()));
  }
  return check(room);
}

/** Some two seconds of text. */
function stream(mark: string, random: Random): Script {
  const words = Array.from(
    { length: 60 },
    (_, i): Script => [{ do: "pause", ms: random.between(10, 50) }, text(`w${i} 漢🎉 `)],
  );
  return [text(`${mark} `), ...words.flat(), finish(), done];
}

export const reconnects: Family = {
  name: "reconnect",
  alone: false,
  faults: [
    fault("5 clients", 10, (stage, random) => play(stage, random, 5)),
    fault("20 clients", 4, (stage, random) => play(stage, random, 20)),
    fault("60 clients", 2, (stage, random) => play(stage, random, 60)),
  ],
};

/** It takes the whole machine. */
export const crowds: Family = {
  name: "crowd",
  alone: true,
  faults: [fault(`${CROWD} clients, ${ROUNDS} times each`, 5, playCrowd)],
};
