import { expect, it } from "vitest";
import { createClient } from "../../../src/client";
import { answer, hang, text } from "../../support/model-script";
import { until } from "../../support/until";
import type { Arena } from "./arena";

const FITS_MS = 90_000;

/** What a program shows whose server dies under it. */
export function clients(arena: Arena): void {
  it("[C2] come back by themselves when the server was killed in mid-answer, to the next attempt's text", async () => {
    const { server, model } = arena;
    const taskroom = createClient({
      url: server.url,
      token: await server.token("alice-who-stays"),
    });
    const { id } = await taskroom.tasks.create();
    model.script([text("half a "), hang], answer("a whole answer"), answer("and then this"));
    const room = taskroom.connect(id);
    const state = () => room.getSnapshot().room;
    void room.send("go on");
    await until("half of it is shown", () => state()?.streams[0]?.text === "half a ", FITS_MS);
    await server.kill9();
    const later = room.send("and then?");
    await server.restart();
    await later;
    const isOver = () => state()?.openTurns.length === 0 && state()?.task.status !== "RUNNING";
    await until("both are answered", isOver, FITS_MS);
    // The room may finish the first answer before the client is back with the second message.
    const said = (who: string) =>
      state()?.messages.flatMap(({ role, content }) => (role === who ? content : []));
    expect(said("user")).toEqual(["go on", "and then?"]);
    expect(said("assistant")).toEqual(["a whole answer", "and then this"]);
    const fresh = taskroom.connect(id);
    const isSame = () =>
      fresh.getSnapshot().connection.state === "open" &&
      fresh.getSnapshot().room?.task.headSeq === state()?.task.headSeq;
    await until("another shows it too", isSame, FITS_MS);
    expect(fresh.getSnapshot().room).toEqual(state());
    for (const one of [room, fresh]) one.close();
  });
}
