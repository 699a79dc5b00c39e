import { cpus, release, totalmem } from "node:os";
import { versionOf } from "../hosts/build";

const PACKAGES = ["workerd", "miniflare", "partyserver", "agents", "@cloudflare/ai-chat", "ai"];
const NODE_PACKAGES = ["socket.io", "ws"];

/** The whole of `docs/benchmarks.md`, from the sections of its rows. */
export function documentText(rows: string[], notes: string): string {
  return [
    "# Benchmarks",
    "",
    "Taskroom beside other ways to give a room its stream, on the same work and the same machine.",
    "`npm run bench` makes this page; [bench/README.md](../bench/README.md) says how it measures.",
    "",
    machineText(),
    "",
    ...rows,
    notes,
  ].join("\n");
}

/** The sections of an earlier page by their titles. */
export function sectionsOf(page: string): Map<string, string> {
  const sections = page.split(/^## /m).slice(1);
  return new Map(
    sections.map((text) => [text.slice(0, text.indexOf("\n")), `## ${text.trimEnd()}\n`]),
  );
}

function machineText(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const versions = [...PACKAGES, ...NODE_PACKAGES].map((name) => `${name} ${versionOf(name)}`);
  return [
    `Machine: ${cpu?.model ?? "unknown"}, ${cpus().length} cores, ${memory} GiB, Linux ${release()}.`,
    `Node ${process.versions.node}; ${versions.join(", ")}.`,
  ].join("\n");
}
