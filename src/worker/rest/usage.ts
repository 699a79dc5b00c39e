import { meterOf } from "../../durable-objects/usage-meter/api";
import type { USAGE } from "../../operations/rest/usage";
import { limitsOf, type UsageView } from "../../protocol/rooms/metering";
import { settingsOf } from "../current-settings";
import { twice } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

export const usage: Handlers<typeof USAGE> = {
  async read({ c, principal }) {
    const meter = meterOf(c.env, principal.userId);
    const used = await twice(() => meter.read(Date.now()));
    return { ...used, limits: limitsOf(settingsOf(c.env)) } satisfies UsageView;
  },
};
