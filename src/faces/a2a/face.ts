import { A2A } from "../../operations/a2a/face";
import { served } from "../../worker/serving/face";
import { call } from "./call";
import { cards } from "./card";
import { errorsAs } from "./errors";

/** Other agents at the service's rooms: each team is an agent of theirs. */
export const a2a = served(A2A, {
  errorsAs,
  handlers: {
    cards,
    agent: {
      call: ({ c, params: { namespace, team: name }, body }) => call(c, { namespace, name }, body),
    },
  },
});
