import { MetricsShard as ProductionMetricsShard } from "../../src/durable-objects/metrics-shard/metrics-shard";
import type { Tally } from "../../src/protocol/tally";
import { control } from "./control";

/** A shard that cannot be reached where a test wants it. */
export class MetricsShard extends ProductionMetricsShard {
  override async add(given: Tally): Promise<void> {
    this.#answer();
    await super.add(given);
  }

  override async read(): Promise<Tally> {
    this.#answer();
    return super.read();
  }

  #answer(): void {
    if (control.shardsDown.has(this.ctx.id.name ?? "")) throw new Error("the shard is down");
  }
}
