import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import type { LanguageModelV4 } from "@ai-sdk/provider";
import { createWorkersAI } from "workers-ai-provider";
import type { Settings } from "../../platform/settings";
import { checkTarget } from "../../platform/target";
import type { ModelConfig } from "../../resources/agent";
import { endpointOf } from "../../resources/model-endpoint";
import type { StepFailure, StepRequest } from "../../resources/step";
import { demoModel } from "../demo/demo-model";
import { failure } from "../failure";
import { openedKey, type Unseal } from "../team/sealed-key";
import { ownHeaders } from "./own-headers";
import { compatibleModel } from "./wire/compatible-model";
import { AnthropicEvents } from "./wire/sdk/anthropic-events";
import { ResponsesEvents } from "./wire/sdk/responses-events";
import { tidiedModel } from "./wire/sdk/tidied-model";
import { endpointFetch } from "./wire/transport/endpoint-fetch";
import { extendedFetch } from "./wire/transport/extended-fetch";
import { modelFetch } from "./wire/transport/model-fetch";

export type ProviderDoors = {
  settings: Settings;
  ai?: Ai | undefined;
  unseal?: Unseal | undefined;
  /** What the demo model goes by: it does as it is asked, and can fail at the first attempt. */
  step: Pick<StepRequest, "attempt" | "input" | "attachments"> & { phase?: string };
};

type Built<T> = { ok: true; value: T } | { ok: false; failure: StepFailure };

/** Makes the model for one call; `heard` is told of every byte that comes. */
export type ModelMaker = (heard: () => void) => LanguageModelV4;

/** A config's model; a failure, always final, when it cannot be called as it is. */
export async function modelMaker(
  config: ModelConfig,
  doors: ProviderDoors,
): Promise<Built<ModelMaker>> {
  if (config.provider === "demo") return built(() => demoModel(config.model, doors.step));
  if (config.provider === "workers-ai") return workersModel(config, doors.ai);
  const address = checkedAddress(config, doors.settings);
  if (!address.ok) return address;
  const key = await keyOf(config, doors);
  if (!key.ok) return key;
  if (!key.value && config.provider !== "openai-compatible") {
    return rejected("The model has no API key.");
  }
  return built((heard) => remoteModel(config, address.value, { key: key.value, heard }));
}

type Reached = { key: string | undefined; heard: () => void };

function remoteModel(
  config: ModelConfig,
  baseUrl: string,
  { key, heard }: Reached,
): LanguageModelV4 {
  if (config.provider === "openai-compatible") {
    const fetch = modelFetch({ onBytes: heard });
    return compatibleModel({ ...config, baseUrl, apiKey: key, fetch });
  }
  const options = {
    // Where requests go is said by `fetch`, which knows every form of an address.
    baseURL: baseUrl,
    // Empty, no key is sent; absent, the SDK would look for one in the environment.
    apiKey: key ?? "",
    headers: Object.fromEntries(ownHeaders(config.headers ?? {}, [])),
  };
  const carry = extendedFetch(modelFetch({ onBytes: heard }), config);
  if (config.provider === "openai") {
    return tidiedModel({
      make: (fetch) => createOpenAI({ ...options, fetch }).responses(config.model),
      carry: endpointFetch(carry, endpointOf(baseUrl, config.query, "/responses")),
      tidyFor: () => new ResponsesEvents(),
    });
  }
  return tidiedModel({
    make: (fetch) => createAnthropic({ ...options, fetch }).languageModel(config.model),
    carry: endpointFetch(carry, endpointOf(baseUrl, config.query, "/messages")),
    tidyFor: () => new AnthropicEvents(),
  });
}

function workersModel({ model }: ModelConfig, ai: Ai | undefined): Built<ModelMaker> {
  if (!ai) return rejected("This deployment has no Workers AI binding.");
  return built(() => createWorkersAI({ binding: ai })(model));
}

const DEFAULT_ADDRESS: Partial<Record<ModelConfig["provider"], string>> = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
};

/** Checked where it is used, not only where it was stored: what is allowed may have changed. */
function checkedAddress(config: ModelConfig, settings: Settings): Built<string> {
  const address = config.baseUrl ?? DEFAULT_ADDRESS[config.provider];
  if (!address) return rejected("The model has no address.");
  // The operator's own model may well be on a private network.
  if (isOperators(config, settings)) return built(address);
  const check = checkTarget(address, { allowPrivate: settings.ALLOW_PRIVATE_TARGETS });
  return check.ok ? built(address) : rejected(`The model's address ${check.reason}.`);
}

async function keyOf(
  config: ModelConfig,
  { settings, unseal }: ProviderDoors,
): Promise<Built<string | undefined>> {
  if (config.key?.from === "sealed") {
    const key = await openedKey(config.key, unseal);
    return key === undefined ? rejected("The model's stored key cannot be opened.") : built(key);
  }
  if (config.key?.from === "setting") {
    // A plan may be older than the settings; the operator's key goes to the operator's address only.
    return isOperators(config, settings)
      ? built(settings.DEFAULT_MODEL_API_KEY)
      : rejected("The default model's address has changed since this turn began.");
  }
  return built(undefined);
}

function isOperators({ key, baseUrl }: ModelConfig, settings: Settings): boolean {
  if (key?.from !== "setting" || baseUrl === undefined) return false;
  return baseUrl === settings.DEFAULT_MODEL_BASE_URL;
}

function built<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

function rejected(message: string): { ok: false; failure: StepFailure } {
  return { ok: false, failure: failure("model_rejected", message) };
}
