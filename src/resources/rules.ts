import { checkTarget } from "../platform/target";
import type { Issue } from "../protocol/issues";
import { endpointOf, type ModelCall } from "./model-endpoint";
import { referencesOf } from "./references";
import { type Described, SYSTEM_NAMESPACE } from "./resource";
import { NEEDED_FIELDS } from "./runtimes";
import type { GhostSpec, ModelSpec, ShellSpec, TeamMember, TeamSpec } from "./specs";

/** What a deployment allows and has. */
export type House = {
  allowPrivate: boolean;
  /** Names of the agents that the deployer wrote. */
  ownAgents: readonly string[];
};
type Options = House & { namespace: string };

/** What a schema cannot say of a resource that is to be stored in `namespace`. */
export function resourceIssues(resource: Described, options: Options): Issue[] {
  return [...ownIssues(resource, options), ...foreignReferences(resource, options)];
}

function ownIssues(resource: Described, house: House): Issue[] {
  const { allowPrivate } = house;
  switch (resource.kind) {
    case "Ghost":
      return ghostIssues(resource.spec, allowPrivate);
    case "Model":
      return modelIssues(resource.spec, allowPrivate);
    case "Shell":
      return shellIssues(resource.spec, house);
    case "Team":
      return teamIssues(resource.spec);
    case "Bot":
      return [];
  }
}

/** Own and `system` only: what others have may change or go without asking anybody. */
function foreignReferences(resource: Described, { namespace }: Options): Issue[] {
  return referencesOf(resource)
    .filter(({ to }) => to.namespace !== namespace && to.namespace !== SYSTEM_NAMESPACE)
    .map(({ path, to }) => unresolved(path, to.kind));
}

/** The same for what is not there and for what is another's. */
export function unresolved(path: string, kind: string): Issue {
  return { path, message: `there is no such ${kind}` };
}

function ghostIssues({ mcpServers = {} }: GhostSpec, allowPrivate: boolean): Issue[] {
  return Object.entries(mcpServers).flatMap(([name, { url }]) =>
    addressIssues(`spec.mcpServers.${name}.url`, url, allowPrivate),
  );
}

/** What is called of a provider that has an address. */
const CALLS: Partial<Record<ModelSpec["provider"], ModelCall>> = {
  "openai-compatible": "/chat/completions",
  openai: "/responses",
  anthropic: "/messages",
};

function modelIssues({ provider, baseUrl }: ModelSpec, allowPrivate: boolean): Issue[] {
  const path = "spec.baseUrl";
  const call = CALLS[provider];
  if (!call) return addressIssues(path, baseUrl, allowPrivate);
  if (baseUrl === undefined) {
    const isNeeded = provider === "openai-compatible";
    return isNeeded ? [{ path, message: "an openai-compatible model needs an address" }] : [];
  }
  const endpoint = endpointOf(baseUrl, {}, call);
  if (!endpoint.ok) return [{ path, message: endpoint.reason }];
  return addressIssues(path, baseUrl, allowPrivate);
}

function shellIssues(spec: ShellSpec, { allowPrivate, ownAgents }: House): Issue[] {
  const { runtime, url, agent } = spec;
  const needed = NEEDED_FIELDS[runtime];
  if (needed && spec[needed] === undefined) {
    return [{ path: `spec.${needed}`, message: `the runtime ${runtime} needs it` }];
  }
  if (needed === "agent" && !ownAgents.includes(agent ?? "")) {
    return [{ path: "spec.agent", message: "this deployment has no agent of that name" }];
  }
  return addressIssues("spec.url", url, allowPrivate);
}

function addressIssues(path: string, url: string | undefined, allowPrivate: boolean): Issue[] {
  const check = url === undefined ? undefined : checkTarget(url, { allowPrivate });
  return check && !check.ok ? [{ path, message: check.reason }] : [];
}

function teamIssues({ collaboration, members }: TeamSpec): Issue[] {
  const roles = members.map(({ role }) => role);
  const alone = collaboration === "pipeline" || members.length === 1;
  return [
    ...(alone ? [] : [{ path: "spec.members", message: "a solo team has exactly one member" }]),
    ...members.flatMap((member, index) => memberIssues(member, index, roles)),
  ];
}

function memberIssues({ role, onFailure, retry }: TeamMember, index: number, roles: string[]) {
  const path = `spec.members.${index}`;
  const issues: Issue[] = [];
  if (roles.indexOf(role) < index) {
    issues.push({ path: `${path}.role`, message: "another member has this role" });
  }
  const back = typeof onFailure === "object" && "rollbackTo" in onFailure && onFailure.rollbackTo;
  if (back && !roles.slice(0, index + 1).includes(back)) {
    issues.push({ path: `${path}.onFailure.rollbackTo`, message: "not an earlier role" });
  }
  if (retry?.initialMs && retry.maxMs && retry.maxMs < retry.initialMs) {
    issues.push({ path: `${path}.retry.maxMs`, message: "less than initialMs" });
  }
  return issues;
}
