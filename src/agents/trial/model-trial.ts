import { LIMITS } from "../../protocol/limits";
import type { ResourceOf } from "../../resources/resource";
import type { StepFailure } from "../../resources/step";
import type { Trial } from "../../resources/trial";
import type { Doors } from "../doors";
import { failure } from "../failure";
import { limitsOf, parametersOf } from "../model/call-settings";
import { callModel } from "../model/model-call";
import { brokenOff } from "../model/model-end";
import { failureOf } from "../model/model-failure";
import { modelMaker } from "../model/provider";
import { modelConfig } from "../team/agent-config";
import { openedHeaders } from "../team/opened-config";
import { Voice } from "../voice";
import { OutOfTime, within } from "../within";

const ASKED = "Answer with one word: hello.";
/** Of the answer; some models think before they say a word, and that they begin to is enough. */
const MOST_TOKENS = 64;

/** Has a model answer in as few words as can be, with its own address, key and parameters. */
export async function tryModel(model: ResourceOf<"Model">, doors: Doors): Promise<Trial> {
  const begun = Date.now();
  const failed = await failureIn(model, doors);
  const durationMs = Date.now() - begun;
  if (!failed) return { ok: true, message: "The model has answered.", durationMs };
  const { code, message, reason, parameter, httpStatus } = failed;
  return {
    ...{ ok: false, code, message, durationMs },
    ...(reason && { reason }),
    ...(parameter !== undefined && { parameter }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
}

async function failureIn(
  resource: ResourceOf<"Model">,
  doors: Doors,
): Promise<StepFailure | undefined> {
  const sealed = modelConfig(resource, undefined);
  const headers = await openedHeaders(sealed.headers ?? {}, doors.unseal);
  if (!headers) return failure("model_rejected", "The model's stored headers cannot be opened.");
  const config = { ...sealed, headers };
  const step = { attempt: 1, input: "/fast", attachments: [] };
  const maker = await modelMaker(config, { ...doors, step });
  if (!maker.ok) return maker.failure;
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: ASKED }] }];
  const options = { ...parametersOf(config), prompt, maxOutputTokens: MOST_TOKENS };
  const call = { modelFor: maker.value, options, limits: limitsOf(config, doors) };
  try {
    return await within(LIMITS.trialMs, undefined, async (signal) =>
      brokenOff(await callModel(call, new Voice(NOBODY, signal), signal)),
    );
  } catch (error) {
    if (!(error instanceof OutOfTime)) return failureOf(error);
    return failure("model_timeout", `The model ${error.message}.`);
  }
}

/** What the model says is of no interest, only that it does. */
const NOBODY = { say: () => undefined, report: () => undefined, record: async () => undefined };
