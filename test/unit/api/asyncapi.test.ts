import specification from "@asyncapi/specs/schemas/3.0.0.json" with { type: "json" };
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { asyncApi } from "../../../src/api-docs/asyncapi";
import { SOCKETS } from "../../../src/api-docs/sockets";
import { CLOSES } from "../../../src/api-docs/sockets/closes";
import type { Frame, Socket } from "../../../src/api-docs/sockets/socket";
import { CLOSE } from "../../../src/protocol/close-codes";
import { command } from "../../../src/protocol/commands";
import { LOG_EVENTS, MOMENTARY_EVENTS } from "../../../src/protocol/events";
import { USER_EVENTS, USER_MOMENTARY_EVENTS } from "../../../src/protocol/user-events";
import { at, checkerOf, isNode } from "./json-schema-check";

const document = asyncApi();
const check = checkerOf(document);

function framesOf({ commands, events }: Socket): Frame[] {
  return [...commands, ...commands.map(({ ack }) => ack), ...events];
}

function namesOf(id: string, kind: "commands" | "events"): string[] {
  const socket = SOCKETS.find((item) => item.id === id);
  return (socket?.[kind] ?? []).map(({ name }) => name).toSorted();
}

describe("the AsyncAPI document", () => {
  it("is valid to the published schema of AsyncAPI 3.0", () => {
    // The specification brings its own copy of the meta-schema.
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, logger: false });
    addFormats.default(ajv);
    const validate = ajv.compile(specification);
    validate(JSON.parse(JSON.stringify(document)));
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...document, operations: { x: { action: "shout" } } })).toBe(false);
  });

  it("names no reference that is not there", () => {
    const used = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
    for (const [, path = ""] of used) {
      expect(at(document, ...path.split("/")), path).toBeDefined();
    }
  });

  it("tells every close code", () => {
    expect(CLOSES.map(({ code }) => code)).toEqual(Object.values(CLOSE).toSorted((a, b) => a - b));
  });
});

describe("a task's room", () => {
  it("has every command, and no other", () => {
    const types = command.options.map((option) => option.shape.type.value);
    expect(namesOf("taskRoom", "commands")).toEqual(types.toSorted());
  });

  it("has every event, and no other", () => {
    const types = [...Object.keys(LOG_EVENTS), ...Object.keys(MOMENTARY_EVENTS), "batch"];
    expect(namesOf("taskRoom", "events")).toEqual(types.toSorted());
  });

  it("and a user's room has every event of its own", () => {
    const types = [...Object.keys(USER_EVENTS), ...Object.keys(USER_MOMENTARY_EVENTS), "batch"];
    expect(namesOf("userRoom", "events")).toEqual(types.toSorted());
    expect(namesOf("userRoom", "commands")).toEqual([]);
  });

  it("every command's example is a command", () => {
    for (const { example } of SOCKETS.find(({ id }) => id === "taskRoom")?.commands ?? []) {
      expect(command.safeParse(example).error).toBeUndefined();
    }
  });
});

describe.each(SOCKETS.map((socket): [string, Socket] => [socket.id, socket]))(
  "%s",
  (id, socket) => {
    const messages = at(document, "channels", id, "messages");

    it("has a message for every frame", () => {
      expect(Object.keys(isNode(messages) ? messages : {})).toEqual(
        expect.arrayContaining(framesOf(socket).map((frame) => frame.id)),
      );
    });

    it.each(framesOf(socket).map((frame): [string, Frame] => [frame.id, frame]))(
      "%s: its example is valid, to its own schema and to the document's",
      (frameId, { schema, example }) => {
        expect(schema.safeParse(example).error).toBeUndefined();
        expect(check(at(messages, frameId, "payload"), example)).toBe("");
      },
    );
  },
);
