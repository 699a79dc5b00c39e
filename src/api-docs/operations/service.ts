import { resealPage, resealSecrets } from "../../protocol/operator/reseal";
import { MODELS } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";

const tag = "Service";
const RESEAL = named("ResealSecrets", resealSecrets);
const RESEAL_PAGE = named("ResealPage", resealPage);

export const SERVICE: readonly Operation[] = [
  {
    id: "health",
    tag,
    method: "get",
    path: "/healthz",
    summary: "Whether the service works",
    description: "Asks the database too, at most every five seconds. Limited by address.",
    scope: "open",
    errors: ["rate_limited"],
    answer: { status: 200, description: "It does.", json: json(MODELS.Health, { status: "ok" }) },
  },
  {
    id: "metrics",
    tag,
    method: "get",
    path: "/metrics",
    summary: "What the service has counted",
    description:
      "Turns, phases, tokens, retries, connections, sessions, refusals, lag and lateness, over all tasks. " +
      "Best effort: what an object had counted when it died may be missing.",
    scope: "admin",
    answer: {
      status: 200,
      description: "Prometheus' text format 0.0.4.",
      media: {
        type: "text/plain",
        description: "Prometheus' text format 0.0.4.",
        example: 'taskroom_turns_total{status="COMPLETED"} 42\n',
      },
    },
  },
  {
    id: "resealSecrets",
    tag,
    method: "post",
    path: "/api/v1/secrets/reseal",
    summary: "Seal stored secrets with the newest key",
    description:
      "One page of a walk over everything that users have stored, after `SECRETS_KEY` got a new first " +
      "key: pass `nextCursor` until it is `null`. Any page may be asked for again. `npm run reseal` " +
      "walks it.",
    scope: "admin",
    body: { ...json(RESEAL, {}), required: false },
    answer: {
      status: 200,
      description: "What became of the secrets of this page.",
      json: json(RESEAL_PAGE, {
        ...{ resealed: 3, current: 12, lost: 0, unreachable: 0 },
        nextCursor: null,
      }),
    },
  },
  {
    id: "openapi",
    tag,
    method: "get",
    path: "/openapi.json",
    summary: "This description",
    scope: "open",
    answer: {
      status: 200,
      description: "OpenAPI 3.1.",
      media: { type: "application/json", description: "OpenAPI 3.1.", example: "{}" },
    },
  },
  {
    id: "asyncapi",
    tag,
    method: "get",
    path: "/asyncapi.json",
    summary: "The description of the sockets",
    scope: "open",
    answer: {
      status: 200,
      description: "AsyncAPI 3.0.",
      media: { type: "application/json", description: "AsyncAPI 3.0.", example: "{}" },
    },
  },
  {
    id: "docs",
    tag,
    method: "get",
    path: "/docs",
    summary: "Both descriptions, for reading",
    scope: "open",
    answer: {
      status: 200,
      description: "A page without scripts.",
      media: { type: "text/html", description: "A page.", example: "<!doctype html>" },
    },
  },
];
