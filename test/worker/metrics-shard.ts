import { MetricsShard as ProductionMetricsShard } from "../../src/durable-objects/metrics-shard/metrics-shard";
import type { Reading, Recorded } from "../../src/platform/recorded";
import type { BoardWindow } from "../../src/protocol/operator/board";
import { control } from "./control";

/** A shard that gives no answer that can be read, where a test wants it. */
export class MetricsShard extends ProductionMetricsShard {
  override async read(): Promise<Reading> {
    return this.#isBroken ? JSON.parse('{"counters":null}') : super.read();
  }

  override async recorded(window: BoardWindow, now: number): Promise<Recorded> {
    return this.#isBroken ? JSON.parse('{"parts":null}') : super.recorded(window, now);
  }

  get #isBroken(): boolean {
    return control.brokenShards.has(this.ctx.id.name ?? "");
  }
}
