import type { USAGE } from "../../operations/rest/usage";
import { usageView } from "../../protocol/rooms/metering";
import { type Descriptions, json } from "../description";
import { named } from "../named";

const EXAMPLE = {
  today: { turns: 12, tokens: 34_100 },
  month: { turns: 230, tokens: 702_400 },
  limits: { turnsPerDay: 100, tokensPerDay: 0 },
};

export const USAGE_DESCRIBED: Descriptions<typeof USAGE> = {
  read: {
    description:
      "Turns that you asked for and tokens that the models counted, today and this month (UTC). " +
      "A limit of 0 is none; a turn beyond a limit is refused with `quota_exceeded`.",
    answer: {
      description: "Your counts and limits.",
      json: json(named("UserUsage", usageView), EXAMPLE),
    },
  },
};
