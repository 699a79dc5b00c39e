import type { Fence } from "../../../engine/step/fence";
import type { KeptReport } from "../../../engine/step/reports";
import { jsonBytes } from "../../../protocol/bytes";
import { LIMITS } from "../../../protocol/limits";

type Commit = (fence: Fence, reports: KeptReport[]) => void;
type Gathering = { fence: Fence; reports: KeptReport[]; bytes: number };

/** How long reports gather: those committed together are one row, however many an agent sends. */
const WINDOW_MS = 100;
/** Bytes at which a gathering commit is made early, so that it is one row. */
const WINDOW_BYTES = LIMITS.rowBytes / 2;

/** Log entries and tool calls of running attempts on their way into the log. */
export class ReportFeed {
  readonly #commit: Commit;
  readonly #gathering = new Map<string, Gathering>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(commit: Commit) {
    this.#commit = commit;
  }

  push(fence: Fence, report: KeptReport): void {
    const gathering = this.#of(fence);
    gathering.reports.push(report);
    gathering.bytes += jsonBytes(report);
    if (gathering.bytes > WINDOW_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  /** Commits what has gathered, before anything that must come after it. */
  flush(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = [...this.#gathering.values()];
    this.#gathering.clear();
    for (const { fence, reports } of all) this.#commit(fence, reports);
  }

  #of(fence: Fence): Gathering {
    const known = this.#gathering.get(fence.turnId);
    if (known?.fence.attempt === fence.attempt && known.fence.step === fence.step) return known;
    // Another attempt has begun: the older one's reports go first.
    if (known) this.flush();
    const fresh = { fence, reports: [], bytes: 0 };
    this.#gathering.set(fence.turnId, fresh);
    return fresh;
  }
}
