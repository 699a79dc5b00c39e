import type { SERVICE } from "../../operations/rest/service";
import { board } from "../../protocol/operator/board";
import { knownPage, reproject, reprojected } from "../../protocol/operator/reproject";
import { resealPage, resealSecrets } from "../../protocol/operator/reseal";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { named } from "../named";
import { IDS, TIMES } from "../samples";

named("ResealSecrets", resealSecrets);
const RESEAL_PAGE = named("ResealPage", resealPage);
named("Reproject", reproject);
const REPROJECTED = named("Reprojected", reprojected);
const BOARD = named("Board", board);
const KNOWN_PAGE = named("KnownHistory", knownPage);

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
  board: {
    description:
      "Lines over the same times: of the last hour by minutes, of the last day by quarters of an hour, " +
      "of the last week by hours. What is counted is best effort, as in `/metrics`; where shards are " +
      "missing it is less than there was.",
    answer: {
      description: "The board.",
      json: json(BOARD, {
        ...{ window: "hour", bucketMs: 60_000, times: [TIMES.created] },
        shards: { asked: 8, missing: 0 },
        panels: [
          { id: "turns", unit: "count", lines: [{ name: "COMPLETED", values: [42], whole: 42 }] },
          {
            id: "firstToken",
            unit: "seconds",
            lines: [{ name: "p95", values: [1.2], whole: 1.2 }],
          },
        ],
      }),
    },
    example: { window: "day" },
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
  reproject: {
    description:
      "Where a database has lost rows: each room writes its task, its members and every message that it " +
      "keeps. Again it changes nothing. `databaseOnly` says which older messages only the database can " +
      "have. `npm run reproject` asks for all that it finds.",
    body: { taskIds: [IDS.task] },
    answer: {
      description: "What became of each.",
      json: json(REPROJECTED, {
        rewritten: [{ taskId: IDS.task, members: ["alice"], messages: 12 }],
        empty: [],
        unreachable: [],
      }),
    },
  },
  knownTasks: {
    description:
      "One page of a walk: pass `nextCursor` until it is `null`. With `userId` the tasks that this user's " +
      "home lists, and who made them; else the tasks in every database, then the users.",
    answer: {
      description: "Tasks, and users whose homes may list others.",
      json: json(KNOWN_PAGE, { taskIds: [IDS.task], userIds: ["alice"], nextCursor: null }),
    },
  },
};
