import { usageView } from "../../protocol/rooms/metering";
import { named } from "../named";
import { json, type Operation } from "../operation";

const EXAMPLE = {
  today: { turns: 12, tokens: 34_100 },
  month: { turns: 230, tokens: 702_400 },
  limits: { turnsPerDay: 100, tokensPerDay: 0 },
};

export const USAGE: readonly Operation[] = [
  {
    id: "getUsage",
    tag: "Usage",
    method: "get",
    path: "/api/v1/usage",
    summary: "What you have used",
    description:
      "Turns that you asked for and tokens that the models counted, today and this month (UTC). " +
      "A limit of 0 is none; a turn beyond a limit is refused with `quota_exceeded`.",
    scope: "read",
    answer: {
      status: 200,
      description: "Your counts and limits.",
      json: json(named("UserUsage", usageView), EXAMPLE),
    },
  },
];
