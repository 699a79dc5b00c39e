import type * as z from "zod";
import type { Collection } from "../../operations/rest/resources";
import { createResource, replaceResource } from "../../resources/bodies";
import { type ResourceKind, shownResource } from "../../resources/resource";
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
import type { Descriptions } from "../description";
import { pageOf } from "../models";
import { named } from "../named";
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
  about: string;
  spec: Record<string, unknown>;
};

const NOTES: Record<ResourceKind, Note> = {
  Ghost: {
    about:
      "A character: its system prompt, and the MCP servers whose tools it may use. `timeoutMs` is for " +
      "one call (60,000; progress begins it again). `approval` says which calls a person is to allow, " +
      "`onLost` whether one whose result was lost is made again.",
    spec: { systemPrompt: "You are a careful researcher." },
  },
  Model: {
    about:
      "Which model answers, and where. `apiKey` is encrypted and never read back: it shows as " +
      "`•••`, and that value or none on PUT keeps it.",
    spec: { provider: "openai-compatible", model: "llama3.2", baseUrl: "https://llm.example/v1" },
  },
  Shell: {
    about:
      "A runtime: `chat` calls a model, `http` your own agent at `url`, `code` the `agent` of that name " +
      "which the deployer of the service wrote. `secret` is kept like a model's `apiKey` and signs the " +
      "requests of `http`.",
    spec: { runtime: "http", url: "https://agent.example/run" },
  },
  Bot: {
    about: "A ghost with a model and a shell; by default `system/default` and chat.",
    spec: { ghostRef: "alice/researcher", modelRef: "system/demo" },
  },
  Team: {
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

/** What readers of the operations of one kind of resource need. */
export function describeCollection(kind: ResourceKind): Descriptions<Collection> {
  const { about, spec } = NOTES[kind];
  const shown = named(kind, shownAs(kind));
  const metadata = { name: "researcher", namespace: "alice", displayName: "Researcher" };
  const times = { createdAt: TIMES.created, updatedAt: TIMES.created };
  const example = { kind, metadata: { ...metadata, resourceVersion: "1", ...times }, spec };
  const pages = pageOf(`${kind}Page`, shown);
  named(`Create${kind}`, createResource[kind]);
  named(`Replace${kind}`, replaceResource[kind]);
  return {
    list: {
      description: `${about} Newest first: your own and those of \`system\`, or of one namespace.`,
      answer: {
        description: "A page.",
        json: { schema: pages, example: { items: [example], nextCursor: null } },
      },
      errors: ["not_found"],
      example: { namespace: "system" },
    },
    create: {
      description: "In your own namespace unless another is named. References must resolve.",
      body: { spec, metadata: { name: "researcher", displayName: "Researcher" } },
      answer: {
        description: "What was made.",
        json: { schema: shown, example },
        headers: ["Location"],
      },
      errors: ["conflict", "not_found"],
    },
    read: { answer: { description: "It.", json: { schema: shown, example } } },
    replace: {
      description:
        "A `resourceVersion` that is no more the stored one is a `conflict`. Turns that run keep " +
        "the version that they started with.",
      body: { spec, metadata: { resourceVersion: "1" } },
      answer: { description: "As it is now.", json: { schema: shown, example } },
      errors: ["conflict"],
    },
    remove: {
      description: "What others refer to stays: `in_use`, with the `referrers`.",
      answer: { description: "It is gone." },
      errors: ["in_use", "conflict"],
    },
  };
}

function shownAs(kind: ResourceKind): z.ZodType {
  const found = shownResource.options.find(({ shape }) => shape.kind.value === kind);
  return found ?? shownResource;
}
