import * as z from "zod";
import { task } from "../../src/protocol/task";
import { turn } from "../../src/protocol/turn";
import type { WireUser } from "./wire-client";

const tasks = z.object({ items: z.array(task) });
const turns = z.object({ items: z.array(turn) });

/** A user's newest tasks; `query` as in a URL, `ephemeral=true`. */
export async function listedTasks(user: WireUser, query = "") {
  return (await user.ask(tasks, "GET", `/tasks?limit=200&${query}`)).items;
}

export async function listedTurns(user: WireUser, taskId: string) {
  return (await user.ask(turns, "GET", `/tasks/${taskId}/turns`)).items;
}
