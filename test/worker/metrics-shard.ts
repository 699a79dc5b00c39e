import { MetricsShard as ProductionMetricsShard } from "../../src/durable-objects/metrics-shard/metrics-shard";
import type { Tally } from "../../src/platform/tally";
import { control } from "./control";

/** A shard that gives no answer that can be read, where a test wants it. */
export class MetricsShard extends ProductionMetricsShard {
  override async read(): Promise<Tally> {
    const isBroken = control.brokenShards.has(this.ctx.id.name ?? "");
    return isBroken ? JSON.parse('{"counters":null}') : super.read();
  }
}
