import type { RuntimeConfig } from "../../../src/resources/agent";
import type { StepRequest } from "../../../src/resources/step";
import type { Heard } from "../../support/scripted-model";
import { modelAt, outputsOf, settingsFor, stepFor } from "./step";

type HttpRuntime = Extract<RuntimeConfig, { runtime: "http" }>;

/** A shell's secret that must appear in no output. */
export const SECRET = "whsec_c2VjcmV0LW9mLWEtc2hlbGwtMDEyMzQ1Njc4OQ==";

export const privateAllowed = settingsFor("http://127.0.0.1:1/v1", {
  ALLOW_PRIVATE_TARGETS: "true",
});

export function agentStepFor(
  url: string,
  changes: Partial<StepRequest> = {},
  runtime: Partial<HttpRuntime> = {},
): StepRequest {
  const step = stepFor(modelAt("http://127.0.0.1:1/v1"));
  return {
    ...step,
    config: {
      ...step.config,
      bot: "user_1/deploy-bot",
      runtime: { runtime: "http", url, headers: {}, ...runtime },
    },
    step: "deploy",
    phase: "Deploy",
    idempotencyKey: "turn_1:deploy:1",
    ...changes,
  };
}

/** What an agent at `url` makes of a step, with secrets sealed as `sealed:…`. */
export function agentOutputs(
  url: string,
  changes: Partial<StepRequest> = {},
  runtime: Partial<HttpRuntime> = {},
  signal?: AbortSignal,
): Promise<Heard[]> {
  return outputsOf(agentStepFor(url, changes, runtime), {
    settings: privateAllowed,
    unseal,
    ...(signal ? { signal } : {}),
  });
}

export async function unseal(sealed: string): Promise<string | undefined> {
  return sealed.startsWith("sealed:") ? sealed.slice("sealed:".length) : undefined;
}

export const sealedSecret = { from: "sealed", sealed: `sealed:${SECRET}` } as const;
