/** One text of a source file, which must be there exactly once, and what stands there instead. */
export type Edit = { file: string; search: string; replace: string };

/** A mistake that the service does not make, and the plays of which one must catch it. */
export type Mistake = { name: string; edits: Edit[]; plays: string[] };

const ROOM = "src/durable-objects/task-room";
const SOCKETS = "src/durable-objects/sockets";

export const MISTAKES: Mistake[] = [
  {
    name: "ack before the write",
    edits: [
      {
        file: `${ROOM}/desk.ts`,
        search: "    const commit = this.#commit(before, change, answers);\n",
        replace: `    const texts = change.events.map((event) => JSON.stringify(event));
    const commit: Commit = { events: change.events, texts, room: change.room };
    const write = () => this.#commit(before, change, answers);
    if (before) setTimeout(write, 300);
    else write();
`,
      },
    ],
    plays: ["kill -9/model called#1", "kill -9/before begin#1"],
  },
  {
    name: "an alarm forgotten",
    edits: [
      {
        file: `${ROOM}/alarm-clock.ts`,
        search: "      await this.#parts.storage.setAlarm(at);\n",
        replace: "",
      },
    ],
    plays: ["model/503#1"],
  },
  {
    name: "an attempt not fenced",
    edits: [
      {
        file: "src/engine/step/fence.ts",
        search: "return step.attempt === fence.attempt ? { turn, step } : undefined;",
        replace: "return { turn, step };",
      },
      {
        file: `${ROOM}/turns/runner.ts`,
        search:
          "    this.#work.get(turnId)?.controller.abort(another ? new AnotherFollows() : undefined);\n",
        replace: "",
      },
      {
        file: `${ROOM}/turns/runner.ts`,
        search: "    if (this.#work.get(work.turnId) !== work) return;\n",
        replace: "",
      },
    ],
    plays: ["cancel/against retry#1", "cancel/against retry#2", "cancel/against retry#3"],
  },
  {
    name: "seq restarted",
    edits: [
      {
        file: `${ROOM}/store/room-store.ts`,
        search: "const headSeq = this.log.bounds().last;",
        replace: "const headSeq = 0;",
      },
      {
        file: `${ROOM}/store/event-log.ts`,
        search: "INSERT INTO log (",
        replace: "INSERT OR REPLACE INTO log (",
      },
    ],
    plays: ["kill -9/model called#1"],
  },
  {
    name: "a failed projection forgotten",
    edits: [
      {
        file: `${ROOM}/outbox/outbox.ts`,
        search: "      this.#fail(error, now);\n      return false;\n",
        replace:
          "      this.#fail(error, now);\n      this.#advance(now.state.task.headSeq, true);\n      return true;\n",
      },
    ],
    plays: ["D1/down#1"],
  },
  {
    name: "a client's id not remembered",
    edits: [
      {
        file: `${ROOM}/store/room-store.ts`,
        search:
          "      for (const { key, reply } of answers) this.clientKeys.put(key, reply, now);\n",
        replace: "",
      },
    ],
    plays: ["duplicates/the same#1"],
  },
  {
    name: "two turns at work",
    edits: [
      {
        file: "src/engine/turn/begin.ts",
        search: "return activeTurn(room) ? undefined : waitingTurns(room)[0];",
        replace: "return waitingTurns(room)[0];",
      },
      {
        file: "src/engine/turn/queue.ts",
        search: 'if (!activeTurn(draft.room)) draft.effect({ type: "begin" });',
        replace: 'draft.effect({ type: "begin" });',
      },
      {
        file: `${ROOM}/turns/next-turn.ts`,
        search:
          "if (this.#beginning || !room || activeTurn(room) || waitingTurns(room).length === 0)",
        replace: "if (this.#beginning || !room || waitingTurns(room).length === 0)",
      },
    ],
    plays: ["reconnect/5 clients#1"],
  },
  {
    name: "a refused webhook not sent again",
    edits: [
      {
        file: "src/engine/user/webhook-rules.ts",
        search: "status >= 200 && status < 300",
        replace: "status >= 200 && status < 600",
      },
    ],
    plays: ["webhook/5xx#1"],
  },
  {
    name: "a webhook that overtakes",
    edits: [
      {
        file: "src/durable-objects/user-room/webhooks/delivery-table.ts",
        search: "SELECT min(position) AS position, due_at FROM deliveries",
        replace: "SELECT max(position) AS position, due_at FROM deliveries",
      },
    ],
    plays: ["webhook/5xx#1", "webhook/4xx#1"],
  },
  {
    name: "a token that never expires",
    edits: [
      {
        file: "src/protocol/identity.ts",
        search: "return expiresAt !== null && now >= expiresAt;",
        replace: "return false && expiresAt !== null && now >= expiresAt;",
      },
      {
        file: `${SOCKETS}/open-sockets.ts`,
        search: "this.all().flatMap(({ principal }) => principal.expiresAt ?? []);",
        replace: "this.all().flatMap((): number[] => []);",
      },
    ],
    plays: ["tokens/expired in mid-life#1"],
  },
  {
    name: "a resume that skips an event",
    edits: [
      {
        file: `${ROOM}/live/catch-up.ts`,
        search: "desk.store.log.textAfter(after,",
        replace: "desk.store.log.textAfter(after + (after > 0 ? 1 : 0),",
      },
    ],
    plays: ["reconnect/5 clients#1"],
  },
  {
    name: "text in the wrong place",
    edits: [
      {
        file: `${ROOM}/live/live-text.ts`,
        search: "const offset = this.#sinks.lengthOf(messageId, field);",
        replace: "const offset = Math.max(0, this.#sinks.lengthOf(messageId, field) - 1);",
      },
    ],
    plays: ["model/slow drip#1"],
  },
  {
    name: "a stop that stops nothing",
    edits: [
      {
        file: `${ROOM}/turns/runner.ts`,
        search:
          "    this.#work.get(turnId)?.controller.abort(another ? new AnotherFollows() : undefined);\n",
        replace: "",
      },
    ],
    plays: ["cancel/against retry#1", "cancel/against retry#2", "cancel/against retry#3"],
  },
  {
    name: "a turn left behind by a death",
    edits: [
      {
        file: `${ROOM}/upkeep.ts`,
        search: '    failedWork.attempt("recover", () => this.#desk.perform(recoverTurn));\n',
        replace: "",
      },
    ],
    // Once text is there, the turn's beginning is on the disk.
    plays: ["kill -9/text written#1"],
  },
  {
    name: "a room that is open to all",
    edits: [
      {
        file: `${ROOM}/commands/permit.ts`,
        search: "  const role = room && roleOf(room.members, principal.userId);\n",
        replace:
          '  const role = room && (roleOf(room.members, principal.userId) ?? ("viewer" as Role));\n',
      },
    ],
    plays: ["tokens/of another task#1"],
  },
  {
    name: "a revocation that overlooks what is being opened",
    edits: [
      {
        file: `${ROOM}/arrival/openings.ts`,
        search: "    for (const ids of this.#revoked.values()) ids.add(id);\n",
        replace: "    void id;\n",
      },
    ],
    plays: ["revocation/key socket: alone#1"],
  },
  {
    name: "a revocation that gives up",
    edits: [
      {
        file: "src/durable-objects/user-room/keys/revocations.ts",
        search: "    Tables.find(storage)?.errands.put({ ...errand, failures, retryAt });\n",
        replace: "    Tables.find(storage)?.errands.remove({ ...errand, failures, retryAt });\n",
      },
    ],
    plays: ["revocation/key socket: rooms out#1"],
  },
  {
    name: "a call in doubt made again",
    edits: [
      {
        file: "src/agents/tools/tool-rules.ts",
        search: 'return readOnlyHint || idempotentHint || server?.rules.onLost === "repeat";',
        replace: "return true;",
      },
    ],
    plays: ["rounds/before result#1", "rounds/tool called#1", "rounds/stop in a tool#1"],
  },
  {
    name: "a result that is only remembered",
    edits: [
      {
        file: "src/agents/model/tool-rounds.ts",
        search: "    await voice.record([...files, this.#ended(call, outcome)]);\n",
        replace: "    this.#ended(call, outcome);\n",
      },
    ],
    plays: ["rounds/after result#1"],
  },
  {
    name: "a snapshot of all its messages",
    edits: [
      {
        file: `${ROOM}/live/snapshot.ts`,
        search: "newestMessages(desk, left - jsonBytes(openTurns))",
        replace: "newestMessages(desk, LIMITS.pageBytes)",
      },
    ],
    plays: ["bytes/long talk alone#1"],
  },
];
