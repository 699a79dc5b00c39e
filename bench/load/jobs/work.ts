import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import type { Dialect } from "../dialects/dialect";
import { DIALECTS } from "../dialects/index";
import { call } from "../dialects/taskroom-rest";
import { Listener } from "../listener";
import type { Model } from "../model";
import { residentKiB } from "../resident";
import { Script } from "../script";
import type { Seat } from "../wire-socket";

export type WorkJob = { kind: "work"; target: Target; turns: number };

const TOKENS = 20;
/** Turns after which everything that a room needs once is there. */
const WARM = 200;
/** Between two turns: the end of one has been told everywhere. */
const PAUSE_MS = 30;

/** How the server's memory grows while one room works, turn after turn. */
export async function runWork({ target, turns }: WorkJob, model: Model) {
  const dialect: Dialect = DIALECTS[target.dialect];
  const decode = decoderOf(dialect);
  const { id, seats } = await dialect.room(target.port, 2);
  const clients = await Promise.all(seats.map((seat) => Client.join(seat, dialect, decode)));
  let warm = 0;
  for (let n = 0; n < WARM + turns; n++) {
    if (n === WARM) warm = residentKiB(target.pids);
    const script = new Script(TOKENS);
    model.play(id, script);
    const done = clients.map((client) => new Listener(client, script).done);
    if (target.dialect === "taskroom") await execute(target.port, id, seats[0]);
    else clients[0]?.send(dialect.start(id));
    await Promise.all(done);
    model.forget();
    await wait(PAUSE_MS);
  }
  const perTurn = (residentKiB(target.pids) - warm) / turns;
  for (const client of clients) client.close();
  return { perTurn };
}

/** Over REST: a socket may send twenty commands in ten seconds. */
function execute(port: number, taskId: string, seat: Seat | undefined): Promise<unknown> {
  const { Authorization: bearer = "" } = seat?.headers ?? {};
  const path = `/tasks/${taskId}/execute`;
  return call(port, { token: bearer.replace("Bearer ", "") }, "POST", path, { input: taskId });
}
