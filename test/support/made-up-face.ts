import * as z from "zod";
import type { ErrorForm, FaceDescription } from "../../src/api-docs/description";
import { json } from "../../src/api-docs/description";
import type { Face } from "../../src/operations/operation";

/** A protocol that nobody speaks, with what single protocols have: another form of errors among it. */
export const MADE_UP = {
  below: ["/made-up"],
  via: "streams",
  groups: {
    things: {
      list: {
        id: "madeUpList",
        tag: "Made up",
        method: "get",
        path: "/made-up/things",
        summary: "List things",
        scope: "read",
        query: z.strictObject({ limit: z.coerce.number().int().optional() }),
        status: 200,
      },
      read: {
        id: "madeUpRead",
        tag: "Made up",
        method: "get",
        path: "/made-up/things/{+thing}",
        params: { thing: z.string().regex(/^\w+\/\w+$/) },
        summary: "Read a thing",
        scope: "read",
        status: 200,
      },
      run: {
        id: "madeUpRun",
        tag: "Made up",
        method: "post",
        path: "/made-up/things/{+thing}/run/{run}",
        params: { thing: z.string().regex(/^\w+\/\w+$/), run: z.string() },
        summary: "Run a thing",
        scope: "write",
        body: z.strictObject({ text: z.string() }),
        bodyBytes: 1024 * 1024,
        besideTexts: 2048,
        status: 200,
        media: "text/event-stream",
      },
      card: {
        id: "madeUpCard",
        tag: "Made up",
        method: "get",
        path: "/made-up/card",
        summary: "What there is",
        scope: "open",
        status: 200,
      },
      elsewhere: {
        id: "madeUpElsewhere",
        tag: "Made up",
        method: "get",
        path: "/made-up-elsewhere",
        summary: "Outside the face's own paths",
        scope: "admin",
        status: 204,
      },
    },
  },
} as const satisfies Face;

const oops = z.object({ oops: z.object({ kind: z.string(), words: z.string() }) });

const ERRORS: ErrorForm = {
  prefix: "made-up-",
  type: "application/json",
  content: ([code]) => ({
    schema: { type: "object", required: ["oops"] },
    example: { oops: { kind: code, words: "No." } } satisfies z.infer<typeof oops>,
  }),
};

const thing = json(z.object({ thing: z.string() }), { thing: "a/b" });

export const MADE_UP_DESCRIPTION: FaceDescription<typeof MADE_UP> = {
  errors: ERRORS,
  parameters: {
    thing: { description: "The thing.", example: "a/b" },
    run: { description: "The run.", example: "1" },
  },
  groups: {
    things: {
      list: { answer: { description: "All things.", json: thing } },
      read: { answer: { description: "The thing.", json: thing } },
      run: {
        body: { text: "go" },
        answer: { description: "What happens." },
        media: { description: "Words.", example: "data: a\n\n" },
      },
      card: { answer: { description: "The card.", json: thing } },
      elsewhere: { answer: { description: "Nothing." } },
    },
  },
};
