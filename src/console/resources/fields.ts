import type { Collection } from "../../client";
import type { JsonObject } from "../../protocol/json";

/** How one value of a spec is edited. `path` is as the server's `issues` name it. */
export type FieldSpec = { path: string; label: string; hint?: string; placeholder?: string } & (
  | { control: "text" | "long" | "number" | "secret" | "json" | "yes" | "members" }
  /** One of the resources of a kind; `default` is meant where none is named. */
  | { control: "ref"; to: Collection; default?: string }
  /** What happens when a member fails. */
  | { control: "failure" }
  /** Yes, no, or whatever is meant where neither is said. */
  | { control: "switch" }
  | { control: "choice"; choices: readonly string[] }
);

const KEPT = "Kept encrypted, never shown again. ••• keeps what is stored.";

/** How a model is called, where that is not as most servers take it. */
const CALLS: FieldSpec[] = [
  {
    path: "spec.limits.firstByteMs",
    label: "Longest wait for a first byte, in ms",
    control: "number",
  },
  { path: "spec.limits.stallMs", label: "Longest silence after it, in ms", control: "number" },
  {
    path: "spec.headers",
    label: "Headers",
    control: "json",
    hint: KEPT,
    placeholder: '{"x-team": "a"}',
  },
  {
    path: "spec.query",
    label: "Query",
    control: "json",
    placeholder: '{"api-version": "2025-01-01"}',
  },
  {
    path: "spec.extraBody",
    label: "Merged into the request",
    control: "json",
    placeholder: '{"top_k": 20}',
  },
  {
    path: "spec.tokenLimitField",
    label: "What the answer's limit is called",
    control: "choice",
    choices: ["max_tokens", "max_completion_tokens", "none"],
  },
  { path: "spec.streamUsage", label: "Usage is asked for", control: "switch" },
  { path: "spec.thinkTags", label: "Text between think tags is thinking", control: "switch" },
  {
    path: "spec.input",
    label: "What the model takes",
    control: "json",
    placeholder: '["text", "image", "file"]',
  },
];

const PARAMETERS: FieldSpec[] = [
  { path: "spec.parameters.temperature", label: "Temperature", control: "number" },
  { path: "spec.parameters.maxOutputTokens", label: "Most output tokens", control: "number" },
  { path: "spec.parameters.topP", label: "Top P", control: "number" },
  {
    path: "spec.parameters.reasoningEffort",
    label: "Reasoning effort",
    control: "choice",
    choices: ["none", "minimal", "low", "medium", "high"],
  },
];

export const FIELDS: Record<Collection, readonly FieldSpec[]> = {
  ghosts: [
    { path: "spec.systemPrompt", label: "System prompt", control: "long" },
    {
      path: "spec.mcpServers",
      label: "MCP servers",
      control: "json",
      placeholder: '{"files": {"url": "https://…", "timeoutMs": 60000}}',
    },
  ],
  models: [
    {
      path: "spec.provider",
      label: "Provider",
      control: "choice",
      choices: ["openai-compatible", "openai", "anthropic", "workers-ai", "demo"],
    },
    { path: "spec.model", label: "Model", control: "text", placeholder: "llama3.2" },
    { path: "spec.baseUrl", label: "Address", control: "text", placeholder: "https://…/v1" },
    {
      path: "spec.apiKey",
      label: "API key",
      control: "secret",
      hint: KEPT,
    },
    { path: "spec.contextWindow", label: "Context window, in tokens", control: "number" },
    {
      path: "spec.prices",
      label: "Prices of a million tokens",
      control: "json",
      hint: "What its tokens cost, for the board.",
      placeholder: '{"inputPerMillion": 3, "outputPerMillion": 15, "currency": "USD"}',
    },
    ...PARAMETERS,
    ...CALLS,
  ],
  shells: [
    {
      path: "spec.runtime",
      label: "Runtime",
      control: "choice",
      choices: ["chat", "http", "a2a", "code"],
    },
    { path: "spec.url", label: "Address of the agent", control: "text", placeholder: "https://…" },
    {
      path: "spec.agent",
      label: "Name of the agent",
      control: "text",
      hint: "Of the runtime code: an agent that is part of this service.",
    },
    {
      path: "spec.secret",
      label: "Signing secret",
      control: "secret",
      hint: "whsec_ and base64. ••• keeps the one that is stored.",
    },
    { path: "spec.headers", label: "Headers", control: "json", placeholder: '{"x-team": "a"}' },
  ],
  bots: [
    { path: "spec.ghostRef", label: "Ghost", control: "ref", to: "ghosts" },
    {
      path: "spec.modelRef",
      label: "Model",
      control: "ref",
      to: "models",
      default: "system/default",
    },
    { path: "spec.shellRef", label: "Shell", control: "ref", to: "shells", default: "system/chat" },
    ...PARAMETERS,
  ],
  teams: [
    {
      path: "spec.collaboration",
      label: "Collaboration",
      control: "choice",
      choices: ["solo", "pipeline"],
    },
    { path: "spec.description", label: "Description", control: "text" },
    { path: "spec.members", label: "Members", control: "members" },
    {
      path: "spec.onBusy",
      label: "A message while a turn is open",
      control: "choice",
      choices: ["enqueue", "interrupt", "reject", "guide", "merge", "rollback"],
    },
    { path: "spec.timeoutMs", label: "Limit of a turn, in ms", control: "number" },
    { path: "spec.errorBudget", label: "Error budget", control: "number" },
    { path: "spec.tokenLimit", label: "Token limit of a turn", control: "number" },
    { path: "spec.maxRounds", label: "Most rounds of tool calls", control: "number" },
  ],
};

/** Fields of a team's n-th member. */
export function memberFields(index: number): FieldSpec[] {
  const at = `spec.members.${index}`;
  return [
    { path: `${at}.role`, label: "Role", control: "text", placeholder: "research" },
    { path: `${at}.botRef`, label: "Bot", control: "ref", to: "bots" },
    { path: `${at}.prompt`, label: "Prompt", control: "long" },
    { path: `${at}.timeoutMs`, label: "Limit, in ms", control: "number" },
    {
      path: `${at}.context`,
      label: "What it hears of before",
      control: "choice",
      choices: ["all", "previous", "input", "none"],
    },
    { path: `${at}.onFailure`, label: "When it fails", control: "failure" },
    { path: `${at}.retry`, label: "Retries", control: "json", placeholder: '{"maxAttempts": 3}' },
    { path: `${at}.requireConfirmation`, label: "Waits for a person's yes", control: "yes" },
    { path: `${at}.critical`, label: "Critical: its failure always ends the turn", control: "yes" },
  ];
}

/** What a new one starts from. */
export const TEMPLATES: Record<Collection, JsonObject> = {
  ghosts: { systemPrompt: "" },
  models: { provider: "openai-compatible", model: "" },
  shells: { runtime: "http", url: "" },
  bots: { ghostRef: "system/assistant" },
  teams: {
    collaboration: "pipeline",
    members: [{ role: "first", botRef: "system/assistant" }],
  },
};
