import { knownPage, listKnown, reproject, reprojected } from "../../protocol/operator/reproject";
import { resealPage, resealSecrets } from "../../protocol/operator/reseal";
import { MODELS } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";
import { IDS } from "../samples";

const tag = "Service";
const RESEAL = named("ResealSecrets", resealSecrets);
const RESEAL_PAGE = named("ResealPage", resealPage);
const REPROJECT = named("Reproject", reproject);
const REPROJECTED = named("Reprojected", reprojected);
const KNOWN_PAGE = named("KnownHistory", knownPage);

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
    id: "reprojectTasks",
    tag,
    method: "post",
    path: "/api/v1/history/reproject",
    summary: "Have rooms write their tasks into their databases again",
    description:
      "Where a database has lost rows: each room writes its task, its members and every message that it " +
      "keeps. Again it changes nothing. `databaseOnly` says which older messages only the database can " +
      "have. `npm run reproject` asks for all that it finds.",
    scope: "admin",
    body: { ...json(REPROJECT, { taskIds: [IDS.task] }), required: false },
    answer: {
      status: 200,
      description: "What became of each.",
      json: json(REPROJECTED, {
        rewritten: [{ taskId: IDS.task, members: ["alice"], messages: 12 }],
        empty: [],
        unreachable: [],
      }),
    },
  },
  {
    id: "listKnownTasks",
    tag,
    method: "get",
    path: "/api/v1/history/tasks",
    summary: "Tasks and users that databases or a user's home know",
    description:
      "One page of a walk: pass `nextCursor` until it is `null`. With `userId` the tasks that this user's " +
      "home lists, and who made them; else the tasks in every database, then the users.",
    scope: "admin",
    query: listKnown,
    answer: {
      status: 200,
      description: "Tasks, and users whose homes may list others.",
      json: json(KNOWN_PAGE, { taskIds: [IDS.task], userIds: ["alice"], nextCursor: null }),
    },
  },
  {
    id: "openapi",
    tag,
    method: "get",
    path: "/openapi.json",
    isFile: true,
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
    isFile: true,
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
    isFile: true,
    summary: "Both descriptions, for reading",
    scope: "open",
    answer: {
      status: 200,
      description: "A page without scripts.",
      media: { type: "text/html", description: "A page.", example: "<!doctype html>" },
    },
  },
];
