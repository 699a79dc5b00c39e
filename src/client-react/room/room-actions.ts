import { type RoomConnection, TaskroomError } from "../../client";
import type { HeldRoom } from "../places";

/** What can be done in a room, as `RoomConnection` has it. The same functions for as long as room and client are. */
export type RoomActions = Omit<
  RoomConnection,
  "taskId" | "subscribe" | "getSnapshot" | "on" | "close"
>;

/** A command keeps its room open until it has its answer. */
export function actionsOf(held: HeldRoom): RoomActions {
  return {
    send: (...given) => held.during((room) => room.send(...given)),
    cancel: (...given) => held.during((room) => room.cancel(...given)),
    retry: (...given) => held.during((room) => room.retry(...given)),
    regenerate: (...given) => held.during((room) => room.regenerate(...given)),
    edit: (...given) => held.during((room) => room.edit(...given)),
    note: (...given) => held.during((room) => room.note(...given)),
    guide: (...given) => held.during((room) => room.guide(...given)),
    confirm: (...given) => held.during((room) => room.confirm(...given)),
    output: (...given) => held.during((room) => room.output(...given)),
    historySync: (...given) => held.during((room) => room.historySync(...given)),
    loadOlder: (...given) => held.during((room) => room.loadOlder(...given)),
    typing: (...given) => held.opened?.typing(...given),
    reconnectNow: () => held.opened?.reconnectNow(),
  };
}

const nowhere = () => Promise.reject(new TaskroomError("closed", "no room was named"));

/** Where there is no room. */
export const NO_ACTIONS: RoomActions = {
  send: nowhere,
  cancel: nowhere,
  retry: nowhere,
  regenerate: nowhere,
  edit: nowhere,
  note: nowhere,
  guide: nowhere,
  confirm: nowhere,
  output: nowhere,
  typing: () => undefined,
  historySync: nowhere,
  loadOlder: nowhere,
  reconnectNow: () => undefined,
};
