import { cpus, release, totalmem } from "node:os";
import { versionOf } from "../hosts/build";
import type { Measured } from "../rows/rounds";
import type { Row } from "../rows/row";
import { rowText } from "./table";

const PACKAGES = ["workerd", "miniflare", "partyserver", "agents", "@cloudflare/ai-chat", "ai"];
const NODE_PACKAGES = ["socket.io", "ws"];

/** The whole of `docs/benchmarks.md`, from what was measured. */
export function documentText(rows: { row: Row; measured: Measured }[], notes: string): string {
  return [
    "# Benchmarks",
    "",
    "Taskroom beside other ways to give a room its stream, on the same work and the same machine.",
    "`npm run bench` makes this page; [bench/README.md](../bench/README.md) says how it measures.",
    "",
    machineText(rows),
    "",
    ...rows.map(({ row, measured }) => rowText(row, measured)),
    notes,
  ].join("\n");
}

function machineText(rows: { measured: Measured }[]): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const dates = rows.map(({ measured }) => measured.measuredAt.slice(0, 10)).sort();
  const versions = [...PACKAGES, ...NODE_PACKAGES].map((name) => `${name} ${versionOf(name)}`);
  return [
    `Machine: ${cpu?.model ?? "unknown"}, ${cpus().length} cores, ${memory} GiB, Linux ${release()}.`,
    `Node ${process.versions.node}; ${versions.join(", ")}. Measured ${dates.at(-1) ?? "never"}.`,
  ].join("\n");
}
