import type { Collection } from "../../client";
import type { JsonObject } from "../../protocol/json";

/** How one value of a spec is edited. `path` is as the server's `issues` name it. */
export type FieldSpec = { path: string; label: string; hint?: string; placeholder?: string } & (
  | { control: "text" | "long" | "number" | "secret" | "ref" | "json" | "yes" | "members" }
  | { control: "choice"; choices: readonly string[] }
);

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
      hint: "Kept encrypted, never shown again. ••• keeps the one that is stored.",
    },
    { path: "spec.contextWindow", label: "Context window, in tokens", control: "number" },
    ...PARAMETERS,
  ],
  shells: [
    { path: "spec.runtime", label: "Runtime", control: "choice", choices: ["chat", "http"] },
    { path: "spec.url", label: "Address of the agent", control: "text", placeholder: "https://…" },
    {
      path: "spec.secret",
      label: "Signing secret",
      control: "secret",
      hint: "whsec_ and base64. ••• keeps the one that is stored.",
    },
    { path: "spec.headers", label: "Headers", control: "json", placeholder: '{"x-team": "a"}' },
  ],
  bots: [
    { path: "spec.ghostRef", label: "Ghost", control: "ref", placeholder: "system/assistant" },
    { path: "spec.modelRef", label: "Model", control: "ref", placeholder: "system/default" },
    { path: "spec.shellRef", label: "Shell", control: "ref", placeholder: "system/chat" },
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
      choices: ["enqueue", "interrupt", "reject", "guide"],
    },
    { path: "spec.timeoutMs", label: "Limit of a turn, in ms", control: "number" },
    { path: "spec.errorBudget", label: "Error budget", control: "number" },
    { path: "spec.tokenLimit", label: "Token limit of a turn", control: "number" },
  ],
};

/** Fields of a team's n-th member. */
export function memberFields(index: number): FieldSpec[] {
  const at = `spec.members.${index}`;
  return [
    { path: `${at}.role`, label: "Role", control: "text", placeholder: "research" },
    { path: `${at}.botRef`, label: "Bot", control: "ref", placeholder: "system/assistant" },
    { path: `${at}.prompt`, label: "Prompt", control: "long" },
    { path: `${at}.timeoutMs`, label: "Limit, in ms", control: "number" },
    {
      path: `${at}.context`,
      label: "What it hears of before",
      control: "choice",
      choices: ["all", "previous", "input", "none"],
    },
    {
      path: `${at}.onFailure`,
      label: "When it fails",
      control: "json",
      placeholder: '"abort", "continue", {"fallback": "…"}, {"rollbackTo": "…"}',
    },
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
