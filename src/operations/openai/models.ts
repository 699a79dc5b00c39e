import * as z from "zod";
import type { Group } from "../operation";

const tag = "OpenAI";

/** `namespace/name`, the slash as it is or escaped. */
export const modelId = z.string().regex(/^.+\/[^/]+$/);

export const MODELS = {
  list: {
    id: "openaiListModels",
    tag,
    method: "get",
    path: "/openai/v1/models",
    summary: "List your teams as models",
    scope: "read",
    status: 200,
  },
  read: {
    id: "openaiReadModel",
    tag,
    method: "get",
    path: "/openai/v1/models/{+model}",
    params: { model: modelId },
    summary: "Read a team as a model",
    scope: "read",
    status: 200,
  },
} as const satisfies Group;
