import { REST } from "../../operations/rest";
import {
  USER_EVENTS,
  USER_MOMENTARY_EVENTS,
  type UserEvent,
  type UserMomentaryEvent,
  userState,
} from "../../protocol/user-events";
import { named, pascal } from "../named";
import { described } from "../operations";
import { IDS, NOTIFICATION, TASK, TIMES } from "../samples";
import { batchFrame, eventSchema, type Frame, type Socket } from "./socket";

type Event = UserEvent | UserMomentaryEvent;
type Notes<Types extends string> = {
  [Type in Types]: { summary: string; data: Extract<Event, { type: Type }>["data"] };
};

named("UserState", userState);

const place = { headSeq: 12, epoch: IDS.epoch, unread: 1 };
const state = { unread: 1, notifications: [NOTIFICATION] };

const LOGGED: Notes<UserEvent["type"]> = {
  "task:created": { summary: "You are in a new task of your own", data: { task: TASK } },
  "task:status": {
    summary: "The status of one of your tasks changed",
    data: { taskId: IDS.task, status: "COMPLETED", previous: "RUNNING" },
  },
  "task:deleted": { summary: "One of your tasks is gone", data: { taskId: IDS.task } },
  "task:shared": {
    summary: "A task was shared with you, or your role changed",
    data: { taskId: IDS.task, role: "viewer", title: "First steps" },
  },
  "turn:waiting": {
    summary: "A turn waits for somebody",
    data: {
      ...{ taskId: IDS.task, turnId: IDS.turn, step: "deploy", phase: "deploy" },
      waitingFor: "confirmation",
    },
  },
  notification: { summary: "A new notification", data: { notification: NOTIFICATION } },
};

const MOMENTARY: Notes<UserMomentaryEvent["type"]> = {
  "session:ready": {
    summary: "The first frame; `state` is left out when `after` is continued from",
    data: { ...place, state },
  },
  unread: { summary: "How many notifications are unread", data: { count: 0 } },
  "task:updated": { summary: "A task as your list has it now", data: { task: TASK } },
  "history:reset": {
    summary: "The position cannot be continued from; go on from this state",
    data: { ...place, state, reason: "the position is older than what is kept" },
  },
};

const momentary = Object.entries(USER_MOMENTARY_EVENTS).map(([type, data]): Frame => {
  const { id, summary, example } = noteOf(type, MOMENTARY);
  const schema = named(id, eventSchema(type, data, false));
  return { id, name: type, summary, schema, example: { type, ts: TIMES.ended, data: example } };
});

const logged = Object.entries(USER_EVENTS).map(([type, data]): Frame => {
  const { id, summary, example } = noteOf(type, LOGGED);
  const schema = named(id, eventSchema(type, data, true));
  const event = { type, seq: 12, ts: TIMES.ended, data: example };
  return { id, name: type, summary, schema, example: event };
});

function noteOf(type: string, notes: Record<string, { summary: string; data: unknown }>) {
  const { summary = "", data } = notes[type] ?? {};
  // A task's room has events of the same types.
  return { id: `User${pascal(type)}Event`, summary, example: data };
}

const events = [...momentary, ...logged];

export const USER_ROOM: Socket = {
  id: "userRoom",
  title: "A user's room",
  description:
    "For all of a user's devices, about all of the user's tasks; resumed with `after` and `epoch` " +
    "like a task's room. It takes no command but `ping`, and has no sessions.",
  operation: described(REST.groups.notifications.join),
  commands: [],
  events: [...events, batchFrame("UserRoom", events)],
};
