import type { SERVICE } from "../../operations/rest/service";
import { resealPage, resealSecrets } from "../../protocol/operator/reseal";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { named } from "../named";

named("ResealSecrets", resealSecrets);
const RESEAL_PAGE = named("ResealPage", resealPage);

export const SERVICE_DESCRIBED: Descriptions<typeof SERVICE> = {
  health: {
    description: "Asks the database too, at most every five seconds. Limited by address.",
    errors: ["rate_limited"],
    answer: { description: "It does.", json: json(MODELS.Health, { status: "ok" }) },
  },
  metrics: {
    description:
      "Turns, phases, tokens, retries, connections, sessions, refusals, lag and lateness, over all tasks. " +
      "Best effort: what an object had counted when it died may be missing.",
    answer: {
      description: "Prometheus' text format 0.0.4.",
    },
    media: {
      description: "Prometheus' text format 0.0.4.",
      example: 'taskroom_turns_total{status="COMPLETED"} 42\n',
    },
  },
  reseal: {
    description:
      "One page of a walk over everything that users have stored, after `SECRETS_KEY` got a new first " +
      "key: pass `nextCursor` until it is `null`. Any page may be asked for again. `npm run reseal` " +
      "walks it.",
    body: {},
    answer: {
      description: "What became of the secrets of this page.",
      json: json(RESEAL_PAGE, {
        ...{ resealed: 3, current: 12, lost: 0, unreachable: 0 },
        nextCursor: null,
      }),
    },
  },
};
