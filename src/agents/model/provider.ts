import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV4 } from "@ai-sdk/provider";
import { wrapLanguageModel } from "ai";
import { createWorkersAI } from "workers-ai-provider";
import type { Settings } from "../../platform/settings";
import { checkTarget } from "../../platform/target";
import type { ModelConfig, StepFailure } from "../../resources/agent";
import { demoModel } from "../demo/demo-model";
import { openedKey, type Unseal } from "../team/sealed-key";
import { failure } from "./failure";
import { providerFetch } from "./provider-fetch";

export type ProviderDoors = {
  settings: Settings;
  ai?: Ai | undefined;
  unseal?: Unseal | undefined;
  /** What the demo model goes by: it does as it is asked, and can fail at the first attempt. */
  step: { attempt: number; input: string };
};

type Built<T> = { ok: true; value: T } | { ok: false; failure: StepFailure };

/** The AI SDK's model for a config; a failure, always final, when it cannot be called as it is. */
export async function languageModel(
  config: ModelConfig,
  doors: ProviderDoors,
): Promise<Built<LanguageModelV4>> {
  if (config.provider === "demo") return built(demoModel(config.model, doors.step));
  if (config.provider === "workers-ai") return workersModel(config, doors.ai);
  const address = checkedAddress(config, doors.settings);
  if (!address.ok) return address;
  const key = await keyOf(config, doors);
  if (!key.ok) return key;
  if (!key.value && config.provider !== "openai-compatible") {
    return rejected("The model has no API key.");
  }
  return built(remoteModel(config, address.value, key.value));
}

function remoteModel(
  { provider, model }: ModelConfig,
  baseURL: string,
  apiKey: string | undefined,
): LanguageModelV4 {
  if (provider === "openai-compatible") return withKey(compatibleModel(baseURL, model), apiKey);
  // Empty, no key is sent; absent, the SDK would look for one in the environment.
  const options = { baseURL, apiKey: apiKey ?? "", fetch: providerFetch };
  return provider === "openai"
    ? createOpenAI(options).responses(model)
    : createAnthropic(options).languageModel(model);
}

const MOST_MODELS = 50;
const models = new Map<string, LanguageModelV4>();

/** Kept, without a key: each new one has schemas of its own, which cost more than the rest of a turn's start. */
function compatibleModel(baseURL: string, name: string): LanguageModelV4 {
  const id = JSON.stringify([baseURL, name]);
  const known = models.get(id);
  if (known) return known;
  const options = { baseURL, apiKey: "", fetch: providerFetch };
  const provider = createOpenAICompatible({ ...options, name: "provider", includeUsage: true });
  const model = provider.chatModel(name);
  if (models.size >= MOST_MODELS) models.clear();
  models.set(id, model);
  return model;
}

function withKey(model: LanguageModelV4, apiKey: string | undefined): LanguageModelV4 {
  if (!apiKey) return model;
  const Authorization = `Bearer ${apiKey}`;
  return wrapLanguageModel({
    model,
    middleware: {
      specificationVersion: "v4",
      transformParams: async ({ params }) => ({
        ...params,
        headers: { ...params.headers, Authorization },
      }),
    },
  });
}

function workersModel({ model }: ModelConfig, ai: Ai | undefined): Built<LanguageModelV4> {
  if (!ai) return rejected("This deployment has no Workers AI binding.");
  return built(createWorkersAI({ binding: ai })(model));
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
