import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../scripts/free-port";
import { BENCH, buildAll, ROOT } from "./hosts/build";
import { Load } from "./hosts/load";
import { type Options, readOptions, USAGE } from "./options";
import { CASES } from "./profile/cases";
import { profile } from "./profile/profile";
import { documentText, sectionsOf } from "./report/document";
import { PROFILE_TITLE, type ProfiledCase, profileText } from "./report/profile";
import { rowText } from "./report/table";
import { allRows } from "./rows/all";
import { type Measured, measure } from "./rows/rounds";
import type { Row } from "./rows/row";

const RESULTS = join(BENCH, "results");
const PAGE = join(ROOT, "docs", "benchmarks.md");
const NOTES = join(BENCH, "notes.md");
const PROFILE = join(RESULTS, "profile.json");

/** `npm run bench`: builds, measures, prints, and writes the page. */
export async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  const rows = allRows(options.scale);
  const unknown = options.only.filter(
    (id) => id !== "profile" && !rows.some((row) => row.id === id),
  );
  if (unknown.length > 0) {
    const known = [...rows.map(({ id }) => id), "profile"].join(", ");
    throw new Error(`There is no row ${unknown.join(", ")}. Rows: ${known}\n${USAGE}`);
  }
  mkdirSync(RESULTS, { recursive: true });
  // An end by a signal is an exit too: servers see their input close, and their storage goes.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => process.exit(130));
  if (!options.report) await measureAll(wanted(rows, options), options);
  // A quick run's figures are for whoever works; the page is for figures that hold.
  if (options.scale === "full" && options.systems.length === 0) writePage(rows);
}

function wanted(rows: Row[], { only, scale }: Options): Row[] {
  if (only.length > 0) return rows.filter(({ id }) => only.includes(id));
  return rows.filter(({ slow }) => scale === "full" || !slow);
}

async function measureAll(rows: Row[], options: Options): Promise<void> {
  if (options.build) await buildAll();
  const modelPort = await freePort();
  const load = await Load.start(modelPort);
  const tell = (text: string) => process.stderr.write(`${text}\n`);
  const tools = { load, modelUrl: `http://127.0.0.1:${modelPort}/v1`, tell };
  try {
    await measureRows(rows, options, tools);
    if (wantsProfile(options)) await measureProfile(tools);
  } finally {
    load.stop();
  }
}

type Tools = Parameters<typeof measure>[2];

async function measureRows(rows: Row[], options: Options, tools: Tools): Promise<void> {
  const { rounds, scale, systems } = options;
  for (const row of rows.map((whole) => narrowed(whole, systems))) {
    const measured = await measure(row, Math.min(rounds, row.rounds ?? rounds), tools);
    if (systems.length === 0) writeFileSync(fileOf(row, scale), JSON.stringify(measured, null, 1));
    console.log(rowText(row, measured));
  }
}

/** The row with these systems alone; whole where none is named. */
function narrowed(row: Row, systems: string[]): Row {
  if (systems.length === 0) return row;
  const cells = row.cells.filter(({ system }) => systems.includes(system));
  const has = (name: string | undefined) => cells.some((cell) => cell.name === name);
  const goals = row.goals.filter(({ cell, over }) => has(cell) && (!over || has(over.cell)));
  return { ...row, cells, goals };
}

function wantsProfile({ only, scale }: Options): boolean {
  return only.length > 0 ? only.includes("profile") : scale === "full";
}

async function measureProfile(tools: Tools): Promise<void> {
  const cases: ProfiledCase[] = [];
  for (const work of CASES) {
    const { title, rounds, per } = work;
    cases.push({ title, rounds, per, columns: await profile(work, tools) });
  }
  writeFileSync(PROFILE, JSON.stringify(cases, null, 1));
  console.log(profileText(cases));
}

function fileOf({ id }: Row, scale: string): string {
  return join(RESULTS, scale === "full" ? `${id}.json` : `${id}.${scale}.json`);
}

/** What has no results here keeps the section that it had. */
function writePage(rows: Row[]): void {
  const earlier = sectionsOf(existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "");
  const found = rows.flatMap((row) => {
    const file = fileOf(row, "full");
    if (!existsSync(file)) return earlier.get(row.title) ?? [];
    const measured: Measured = JSON.parse(readFileSync(file, "utf8"));
    return rowText(row, measured);
  });
  const notes = existsSync(NOTES) ? readFileSync(NOTES, "utf8") : "";
  const profiled = existsSync(PROFILE)
    ? profileText(JSON.parse(readFileSync(PROFILE, "utf8")))
    : (earlier.get(PROFILE_TITLE) ?? "");
  writeFileSync(PAGE, `${documentText(found, `${profiled}\n${notes}`).trimEnd()}\n`);
  process.stderr.write(`Wrote ${PAGE}\n`);
}
