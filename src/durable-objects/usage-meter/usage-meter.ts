import { createDurable } from "itty-durable";
import {
  admitTurn,
  countUsage,
  NOTHING_USED,
  releaseTurn,
  usageAt,
} from "../../engine/user/usage-rules";
import {
  turnRequest,
  type UsageState,
  usageReport,
  usageState,
} from "../../protocol/rooms/metering";

/**
 * What one user has used: one small stored value, changed only by its rules. Each public method can
 * be called by whoever holds a stub, so no path of a client may ever lead to this object.
 */
export class UsageMeter extends createDurable() {
  /** All that is stored. Not private: the library reads it through a proxy. */
  usage: UsageState = NOTHING_USED;

  override async onLoad(): Promise<void> {
    this.usage = usageState.parse(this.usage);
  }

  async count(report: unknown): Promise<object> {
    this.usage = countUsage(this.usage, usageReport.parse(report));
    await this.persist();
    return {};
  }

  async admit(request: unknown): Promise<object> {
    const { state, refusal } = admitTurn(this.usage, turnRequest.parse(request));
    this.usage = state;
    await this.persist();
    return { refusal };
  }

  async release(taskId: unknown): Promise<object> {
    this.usage = releaseTurn(this.usage, String(taskId));
    await this.persist();
    return {};
  }

  /** Changes nothing and stores nothing. */
  read(now: unknown): object {
    return usageAt(this.usage, Number(now));
  }
}
