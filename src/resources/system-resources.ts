import type { Settings } from "../platform/settings";
import {
  type Resource,
  type ResourceId,
  type ResourceMetadata,
  type ResourceOf,
  SYSTEM_NAMESPACE,
} from "./resource";
import { SYSTEM_PROMPTS } from "./system-ghosts";
import { SYSTEM_TEAMS, systemRef } from "./system-teams";

/** Goes up when a release changes what is shipped. */
const VERSION = "1";
const RELEASED = "2026-11-01T00:00:00.000Z";
/** Tokens; the demo model reads next to nothing. */
const DEMO_WINDOW = 32_000;

/** The `system` namespace as it ships, for this deployment's settings. */
export function systemResources(settings: Settings): Resource[] {
  const bots = Object.entries(SYSTEM_PROMPTS);
  return [
    { kind: "Model", metadata: metadata("demo"), spec: demoSpec() },
    defaultModel(settings),
    { kind: "Shell", metadata: metadata("chat"), spec: { runtime: "chat" } },
    ...bots.map(([name, systemPrompt]) => ghost(name, systemPrompt)),
    ...bots.map(([name]) => bot(name)),
    ...Object.entries(SYSTEM_TEAMS).map(([name, spec]) => team(name, spec)),
  ];
}

/** What ships under this id, if anything does. */
export function systemResource(settings: Settings, id: ResourceId): Resource | undefined {
  if (id.namespace !== SYSTEM_NAMESPACE) return undefined;
  return systemResources(settings).find(
    ({ kind, metadata }) => kind === id.kind && metadata.name === id.name,
  );
}

function metadata(name: string): ResourceMetadata {
  return { ...systemRef(name), resourceVersion: VERSION, createdAt: RELEASED, updatedAt: RELEASED };
}

function demoSpec(): ResourceOf<"Model">["spec"] {
  return { provider: "demo", model: "demo", contextWindow: DEMO_WINDOW };
}

/** The operator's model; without one the service still answers. */
function defaultModel({ DEFAULT_MODEL_BASE_URL, DEFAULT_MODEL }: Settings): ResourceOf<"Model"> {
  const named = { kind: "Model", metadata: metadata("default") } as const;
  if (DEFAULT_MODEL_BASE_URL === undefined) return { ...named, spec: demoSpec() };
  return {
    ...named,
    // Servers of a single model take any name, but not none.
    spec: {
      provider: "openai-compatible",
      model: DEFAULT_MODEL ?? "default",
      baseUrl: DEFAULT_MODEL_BASE_URL,
    },
    key: { from: "setting" },
  };
}

function ghost(name: string, systemPrompt: string): ResourceOf<"Ghost"> {
  return { kind: "Ghost", metadata: metadata(name), spec: { systemPrompt } };
}

function bot(name: string): ResourceOf<"Bot"> {
  const spec = {
    ghostRef: systemRef(name),
    modelRef: systemRef("default"),
    shellRef: systemRef("chat"),
  };
  return { kind: "Bot", metadata: metadata(name), spec };
}

function team(name: string, spec: ResourceOf<"Team">["spec"]): ResourceOf<"Team"> {
  return { kind: "Team", metadata: metadata(name), spec };
}
