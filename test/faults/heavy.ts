import { LIMITS } from "../../src/protocol/limits";
import type { FixtureTool } from "../support/mcp-server";
import {
  done,
  finish,
  type Script,
  text,
  thinking as thought,
  usage,
} from "../support/model-script";
import {
  type AgentScript,
  pause as agentPause,
  chunk,
  event,
  result,
} from "../support/remote-agent";

/** Three bytes in UTF-8. */
const CJK = "漢";
const PIECES = 24;
/** Bytes that the marks and the frame of an answer take of its bound. */
const BESIDE = 4096;
export const TOOL_CALLS = 4;
const LOGS = 40;
const NOTICES = 5;

/** A task whose every field is as long as it may be. */
export function heavyTask(): { title: string; labels: object; metadata: object } {
  const labels = Array.from({ length: LIMITS.labels }, (_, i) => [
    `${i}`.padEnd(LIMITS.labelKeyChars, "k"),
    CJK.repeat(LIMITS.labelValueChars),
  ]);
  const metadata = { blob: CJK.repeat(Math.floor((LIMITS.metadataBytes - 20) / 3)) };
  return { title: CJK.repeat(LIMITS.titleChars), labels: Object.fromEntries(labels), metadata };
}

/** A message as long as one may be. */
export function heavyContent(content: string): string {
  return content.padEnd(LIMITS.contentUnits, CJK);
}

/** An answer of the greatest length, half of it thinking, in a unit of so many bytes, and so many as JSON. */
export function heavyAnswer(mark: string, unit: string, gapMs: number): Script {
  const inJson = Buffer.byteLength(JSON.stringify(unit)) - 2;
  const count = Math.min(
    (LIMITS.answerBytes - BESIDE) / Buffer.byteLength(unit),
    (LIMITS.answerJsonBytes - BESIDE) / inJson,
  );
  const piece = unit.repeat(Math.floor(count / 2 / PIECES));
  const pieces = (say: typeof text) =>
    Array.from({ length: PIECES }, (): Script => [say(piece), { do: "pause", ms: gapMs }]).flat();
  return [text(mark), ...pieces(thought), ...pieces(text), finish(), usage(10, PIECES), done];
}

/** Calls tools with inputs as long as are kept. */
export function heavyCalls(mark: string): Script {
  const input = JSON.stringify({ of: mark, blob: CJK.repeat(20_000) });
  const calls = Array.from({ length: TOOL_CALLS }, (_, index) => ({
    index,
    id: `call-${index}`,
    type: "function",
    function: { name: "look", arguments: input },
  }));
  return [
    ...calls.map((call): Script[number] => ({ do: "delta", delta: { tool_calls: [call] } })),
    finish("tool_calls"),
    done,
  ];
}

/** Says whose call it was, and as much as a tool's output may have. */
export const heavyTool: FixtureTool = {
  name: "look",
  inputSchema: { type: "object", properties: { of: { type: "string" } } },
  call: (input) => {
    const of = typeof input === "object" && input !== null ? Reflect.get(input, "of") : "";
    return { text: `${of} ${CJK.repeat(80_000)}` };
  },
};

/** An agent that logs, notifies and gives a result as heavy as may be. */
export function heavyWork(mark: string, gapMs: number): AgentScript {
  const metadata = { blob: CJK.repeat(Math.floor((LIMITS.metadataBytes - 20) / 3)) };
  const log = { level: "info", message: CJK.repeat(LIMITS.logMessageUnits), metadata };
  const notice = { title: CJK.repeat(LIMITS.titleChars), body: CJK.repeat(4000), data: metadata };
  const spoken = CJK.repeat(Math.floor((LIMITS.answerBytes - BESIDE) / 3 / PIECES));
  const data = CJK.repeat(Math.floor((LIMITS.resultBytes - BESIDE) / 3));
  return [
    ...Array.from({ length: LOGS }, () => event("log", log)),
    ...Array.from({ length: NOTICES }, () => event("notify", notice)),
    chunk(mark),
    ...Array.from({ length: PIECES }, () => [chunk(spoken), agentPause(gapMs)]).flat(),
    result("", { data }),
  ];
}
