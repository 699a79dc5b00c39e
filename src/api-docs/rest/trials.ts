import type { TRIALS } from "../../operations/rest/trials";
import { type Trial, trial, tryServer } from "../../resources/trial";
import { type Descriptions, json } from "../description";
import { named } from "../named";

const SHOWN = named("Trial", trial);
named("TryServer", tryServer);

const ANSWERS: Record<"refused" | "offered", Trial> = {
  refused: {
    ...{ ok: false, code: "model_rejected", reason: "bad_credentials", httpStatus: 401 },
    message: "The model's provider does not accept the API key.",
    durationMs: 180,
  },
  offered: {
    ...{ ok: true, message: "The server offers 2 tools that can be used.", durationMs: 240 },
    tools: ["search", "read"],
  },
};

export const TRIALS_DESCRIBED: Descriptions<typeof TRIALS> = {
  model: {
    description:
      "Calls the model as it is stored, with its key, and asks for one word. What is wrong is in the " +
      "answer, as a turn would say it: `code`, `reason`, `httpStatus`. It counts in no quota of turns; " +
      "what it costs the provider's key pays. For those who may change the model.",
    answer: { description: "What came of it.", json: json(SHOWN, ANSWERS.refused) },
    errors: ["not_found"],
  },
  server: {
    description:
      "Connects to one of the ghost's MCP servers, with its headers, and lists its tools; calls none. " +
      "For those who may change the ghost.",
    body: { server: "files" },
    answer: { description: "What came of it.", json: json(SHOWN, ANSWERS.offered) },
    errors: ["not_found"],
  },
};
