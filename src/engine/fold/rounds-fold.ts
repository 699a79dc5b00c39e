import type { LogEvent } from "../../protocol/events";
import type { Stream, StreamCall, StreamRound } from "../../protocol/room-state";
import { textOf, thinkingOf } from "../../protocol/tools/rounds";

/** An attempt's stream as far as it is kept: what its rounds have said; nothing where it made none. */
export function keptStream(stream: Stream): Stream[] {
  const { rounds = [] } = stream;
  if (rounds.length === 0) return [];
  return [{ ...stream, text: textOf(rounds), thinking: thinkingOf(rounds) }];
}

type StreamEvent = Extract<
  LogEvent,
  { type: "chat:round" | "tool:call" | "tool:approval" | "tool:decision" | "tool:result" }
>;

/** Whether an event says what becomes of a stream whose message is not over. */
export function isOfStream({ type }: LogEvent): boolean {
  return STREAM_EVENTS.includes(type) || type.startsWith("tool:");
}

const STREAM_EVENTS = ["chat:start", "chat:round", "chat:error"];

/** The stream after what an event says of its rounds. */
export function withRounds(stream: Stream, event: StreamEvent): Stream {
  if (event.type === "chat:round") {
    const { turnId, messageId, attempt, offset, ...said } = event.data;
    const { rounds = [] } = stream;
    const known = rounds.find(({ round }) => round === said.round);
    const round = known && offset !== undefined ? saidOn(known, said, offset) : said;
    const before = rounds.filter((one) => one.round < round.round);
    return keptStream({ ...stream, rounds: [...before, round] })[0] ?? stream;
  }
  const { round, index } = event.data;
  if (!stream.rounds || round === undefined || index === undefined) return stream;
  const rounds = stream.rounds.map((one) =>
    one.round === round ? { ...one, calls: callsAfter(one.calls, index, event) } : one,
  );
  return { ...stream, rounds };
}

/** The same round with more of its words. */
function saidOn(known: StreamRound, said: StreamRound, offset: number): StreamRound {
  const thinking = (known.thinking ?? "") + (said.thinking ?? "");
  const text = known.text.slice(0, offset) + said.text;
  return { ...said, text, ...(thinking !== "" && { thinking }) };
}

function callsAfter(
  calls: StreamCall[],
  index: number,
  event: Exclude<StreamEvent, { type: "chat:round" }>,
): StreamCall[] {
  return calls.map((call) => (call.index === index ? callAfter(call, event) : call));
}

function callAfter(
  call: StreamCall,
  { type, data }: Exclude<StreamEvent, { type: "chat:round" }>,
): StreamCall {
  switch (type) {
    case "tool:call":
      return { ...call, isMade: true, ...(data.where && { where: data.where }) };
    case "tool:approval":
      return { ...call, approval: "asked" };
    case "tool:decision":
      return data.approve
        ? { ...call, approval: "given" }
        : { ...call, approval: "refused", refused: true };
    case "tool:result": {
      const { output, error, refused, cut } = data;
      return {
        ...call,
        ...(output !== undefined && { output }),
        ...(error !== undefined && { error }),
        ...(refused && { refused }),
        ...(cut && { cut }),
      };
    }
  }
}

export function callAt(
  stream: Stream | undefined,
  round: number,
  index: number,
): StreamCall | undefined {
  const found = stream?.rounds?.find((one) => one.round === round);
  return found?.calls.find((one) => one.index === index);
}

/** Whether a call has given what it will give. */
export function isOver({ output, error }: StreamCall): boolean {
  return output !== undefined || error !== undefined;
}

/** A call that waits for somebody: for a person's word, or for what the client makes of it. */
export function isWaiting(call: StreamCall): boolean {
  return !isOver(call) && (call.approval === "asked" || call.where === "client");
}
