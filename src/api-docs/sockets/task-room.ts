import { REST } from "../../operations/rest";
import { command } from "../../protocol/commands";
import {
  LOG_EVENTS,
  type LogEventType,
  MOMENTARY_EVENTS,
  type MomentaryEventType,
} from "../../protocol/events";
import { named, pascal } from "../named";
import { described } from "../operations";
import { TIMES } from "../samples";
import { ANY_COMMAND, COMMANDS } from "./commands";
import { LOG_EVENT_NOTES, MOMENTARY_EVENT_NOTES } from "./events";
import {
  ackFrame,
  batchFrame,
  type CommandFrame,
  eventSchema,
  type Frame,
  type Socket,
} from "./socket";

const commands: CommandFrame[] = command.options.map((schema) => {
  const type = schema.shape.type.value;
  const { summary, description, data, ack, errors = [] } = COMMANDS[type];
  const id = `${pascal(type)}Command`;
  return {
    id,
    name: type,
    summary,
    ...(description !== undefined && { description }),
    schema: named(id, schema),
    example: { type, id: "1", ...(data && { data }) },
    ack: ackFrame(type, ack.schema, ack.example),
    errors: [...new Set([...ANY_COMMAND, ...errors])].toSorted(),
  };
});

function logged(type: LogEventType): Frame {
  const id = `${pascal(type)}Event`;
  const { summary, data } = LOG_EVENT_NOTES[type];
  return {
    id,
    name: type,
    summary,
    schema: named(id, eventSchema(type, LOG_EVENTS[type], true)),
    example: { type, seq: 4, ts: TIMES.started, data },
  };
}

function momentary(type: MomentaryEventType): Frame {
  const id = `${pascal(type)}Event`;
  const { summary, data } = MOMENTARY_EVENT_NOTES[type];
  return {
    id,
    name: type,
    summary,
    schema: named(id, eventSchema(type, MOMENTARY_EVENTS[type], false)),
    example: { type, ts: TIMES.started, data },
  };
}

named("PhaseData", LOG_EVENTS["phase:start"]);
named("TextDelta", MOMENTARY_EVENTS["chat:chunk"]);

const events = [
  ...Object.keys(MOMENTARY_EVENTS).filter(isMomentary).map(momentary),
  ...Object.keys(LOG_EVENTS).filter(isLogged).map(logged),
];

function isMomentary(type: string): type is MomentaryEventType {
  return Object.hasOwn(MOMENTARY_EVENTS, type);
}

function isLogged(type: string): type is LogEventType {
  return Object.hasOwn(LOG_EVENTS, type);
}

export const TASK_ROOM: Socket = {
  id: "taskRoom",
  title: "A task's room",
  description:
    "Events with a `seq` are the task's log: committed before anyone hears of them, numbered 1, 2, " +
    "3, … without gaps. Events without are momentary; what they say is also in the state. To " +
    "resume, connect with `after` (the last `seq` applied) and `epoch`: what was missed comes, and " +
    "then what is being written, from offset 0.",
  operation: described(REST.groups.rooms.join),
  sessions: true,
  commands,
  events: [...events, batchFrame("Room", events)],
};
