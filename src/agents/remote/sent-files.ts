import { base64Size } from "../../platform/base64";
import { LIMITS } from "../../protocol/limits";
import type { MadeFiles, OfferedFile } from "../files/made-files";
import type { Voice } from "../voice";
import type { AgentEvent } from "./agent-event";

type FileEvent = Extract<AgentEvent, { type: "file" }>;

/** Files that an agent sends in one attempt; each is committed before the agent is read on. */
export class SentFiles {
  readonly #made: MadeFiles;
  readonly #voice: Voice;
  #sent: number;

  constructor(made: MadeFiles, voice: Voice) {
    this.#made = made;
    this.#voice = voice;
    // Those that stay of earlier attempts came before.
    this.#sent = made.kept.length;
  }

  /** Whether the answer carries it now. */
  async keep(event: FileEvent): Promise<boolean> {
    const place = `agent:${this.#sent++}`;
    const file = offeredIn(event);
    if (typeof file === "string") {
      this.#voice.log("warn", `A file that the agent sent was left out: ${file}.`);
      return false;
    }
    const outcomes = await this.#made.offer([file], { place });
    const records = outcomes.flatMap((one) => ("record" in one ? [one.record] : []));
    if (records.length > 0) await this.#voice.record(records);
    return records.length > 0;
  }
}

/** Why it is none, where it is none. */
function offeredIn({ name, mediaType, base64, url }: FileEvent): OfferedFile | string {
  const named = { name, mediaType: mediaType ?? "application/octet-stream" };
  if (base64 === undefined) {
    return url === undefined ? "it has neither bytes nor an address" : { ...named, data: { url } };
  }
  if (base64Size(base64) > LIMITS.sentFileBytes + 2) {
    return `it is larger than ${LIMITS.sentFileBytes / 1024 / 1024} MiB`;
  }
  return { ...named, data: { base64 } };
}
