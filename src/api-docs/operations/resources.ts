import type * as z from "zod";
import type { ErrorCode } from "../../protocol/errors";
import { listResources } from "../../protocol/rest/list-resources";
import { createResource, replaceResource } from "../../resources/bodies";
import { COLLECTIONS, type ResourceKind, shownResource } from "../../resources/resource";
import {
  botSpec,
  failureRule,
  ghostSpec,
  modelParameters,
  modelSpec,
  retryRule,
  shellSpec,
  teamMember,
  teamSpec,
} from "../../resources/specs";
import { pageOf } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";
import { TIMES } from "../samples";

named("GhostSpec", ghostSpec);
named("ModelSpec", modelSpec);
named("ModelParameters", modelParameters);
named("ShellSpec", shellSpec);
named("BotSpec", botSpec);
named("TeamSpec", teamSpec);
named("TeamMember", teamMember);
named("RetryRule", retryRule);
named("FailureRule", failureRule);

type Note = {
  one: string;
  about: string;
  spec: Record<string, unknown>;
  /** Codes that only this kind's bodies can get. */
  errors?: ErrorCode[];
};

const NOTES: Record<ResourceKind, Note> = {
  Ghost: {
    one: "a ghost",
    about:
      "A character: its system prompt, and the MCP servers whose tools it may use. `timeoutMs` is for " +
      "one call (60,000; progress begins it again). `approval` says which calls a person is to allow, " +
      "`onLost` whether one whose result was lost is made again.",
    spec: { systemPrompt: "You are a careful researcher." },
  },
  Model: {
    one: "a model",
    about:
      "Which model answers, and where. `apiKey` is encrypted and never read back: it shows as " +
      "`•••`, and that value or none on PUT keeps it.",
    spec: { provider: "openai-compatible", model: "llama3.2", baseUrl: "https://llm.example/v1" },
  },
  Shell: {
    one: "a shell",
    about:
      "A runtime: `chat` calls a model, `http` your own agent at `url`, `code` the `agent` of that name " +
      "which the deployer of the service wrote. `secret` is kept like a model's `apiKey` and signs the " +
      "requests of `http`.",
    spec: { runtime: "http", url: "https://agent.example/run" },
  },
  Bot: {
    one: "a bot",
    about: "A ghost with a model and a shell; by default `system/default` and chat.",
    spec: { ghostRef: "alice/researcher", modelRef: "system/demo" },
  },
  Team: {
    one: "a team",
    about: "One bot (`solo`) or several in order (`pipeline`), with their rules for failures.",
    spec: {
      collaboration: "pipeline",
      members: [
        { role: "research", botRef: "alice/researcher", timeoutMs: 60_000 },
        { role: "write", botRef: "system/assistant", onFailure: "continue" },
      ],
    },
  },
};

export const RESOURCES: readonly Operation[] = COLLECTIONS.flatMap(({ path, kind }) =>
  operationsOf(path, kind),
);

function operationsOf(collection: string, kind: ResourceKind): Operation[] {
  const { one, about, spec } = NOTES[kind];
  const shown = named(kind, shownAs(kind));
  const metadata = { name: "researcher", namespace: "alice", displayName: "Researcher" };
  const times = { createdAt: TIMES.created, updatedAt: TIMES.created };
  const example = { kind, metadata: { ...metadata, resourceVersion: "1", ...times }, spec };
  const write = { spec, metadata: { name: "researcher", displayName: "Researcher" } };
  const replacement = { spec, metadata: { resourceVersion: "1" } };
  const path = `/api/v1/${collection}`;
  const tag = `${kind}s`;
  const pages = pageOf(`${kind}Page`, shown);
  return [
    {
      id: `list${kind}s`,
      tag,
      method: "get",
      path,
      summary: `List ${collection}`,
      description: `${about} Newest first: your own and those of \`system\`, or of one namespace.`,
      scope: "read",
      query: listResources,
      answer: {
        status: 200,
        description: "A page.",
        json: { schema: pages, example: { items: [example], nextCursor: null } },
      },
      errors: ["not_found"],
      example: { namespace: "system" },
    },
    {
      id: `create${kind}`,
      tag,
      method: "post",
      path,
      summary: `Make ${one}`,
      description: "In your own namespace unless another is named. References must resolve.",
      scope: "write",
      body: { ...json(named(`Create${kind}`, createResource[kind]), write), required: true },
      answer: {
        status: 201,
        description: "What was made.",
        json: { schema: shown, example },
        headers: ["Location"],
      },
      errors: ["conflict", "not_found"],
    },
    {
      id: `read${kind}`,
      tag,
      method: "get",
      path: `${path}/{namespace}/{name}`,
      summary: `Read ${one}`,
      scope: "read",
      answer: { status: 200, description: "It.", json: { schema: shown, example } },
    },
    {
      id: `replace${kind}`,
      tag,
      method: "put",
      path: `${path}/{namespace}/{name}`,
      summary: `Replace ${one}`,
      description:
        "A `resourceVersion` that is no more the stored one is a `conflict`. Turns that run keep " +
        "the version that they started with.",
      scope: "write",
      body: {
        ...json(named(`Replace${kind}`, replaceResource[kind]), replacement),
        required: true,
      },
      answer: { status: 200, description: "As it is now.", json: { schema: shown, example } },
      errors: ["conflict"],
    },
    {
      id: `delete${kind}`,
      tag,
      method: "delete",
      path: `${path}/{namespace}/{name}`,
      summary: `Delete ${one}`,
      description: "What others refer to stays: `in_use`, with the `referrers`.",
      scope: "write",
      answer: { status: 204, description: "It is gone." },
      errors: ["in_use", "conflict"],
    },
  ];
}

function shownAs(kind: ResourceKind): z.ZodType {
  const found = shownResource.options.find(({ shape }) => shape.kind.value === kind);
  return found ?? shownResource;
}
