import { INVARIANTS } from "./invariants";
import { type Figures, rowsOf, summary } from "./report";
import { ROUND_INVARIANTS } from "./rounds/round-invariants";

/** Contents of `docs/reliability.md`, as a long run has found it. */
export function reliabilityPage(figures: Figures, machine: string): string {
  const [first = "", ...others] = summary(figures);
  return `# Reliability

What \`npm run faults\` does to a running service, and what it found. Every fault is played against a
real \`wrangler dev\` process of the test build, with a model, a remote agent, webhook receivers and
clients that misbehave; the seed chooses every parameter, so that one run can be repeated. What two
processes do in the same moment is not the seed's to choose: the same seed meets the same faults, not
the same interleaving.

After each scenario the room is let come to rest, and its whole stored history, the owner's own log,
what the webhook was sent and what every client has folded are checked against these invariants:

${Object.keys(INVARIANTS)
  .map((name) => `- ${name}`)
  .join("\n")}

Where a model has tools called (\`rounds\`, \`approvals\`), their servers note every call that they get with its
key, and what the model is asked is read too:

${Object.keys(ROUND_INVARIANTS)
  .map((name) => `- ${name}`)
  .join("\n")}
- what the model is asked next has each call once, with its one result

Each fault adds its own: a room that waits a day for a person writes nothing meanwhile, of two answers to one
call one counts, a forged token opens nothing, a socket hears nothing past its token, what came
with something that was taken away is closed and nothing else is, a room whose storage refuses tries no
more than so often, no frame is over 1 MiB and pages of every size hold the same, a flood is closed with 4429, a
deleted task answers 404.

## Figures

Last long run: ${first}. ${others.join(". ")}${others.length > 0 ? "." : ""} ${machine}

Memory is resident memory of the whole local runtime, while it is not restarted. Every scenario opens a
room and a user of its own, whose storage the runtime is slow to give back, so it rises with their number:
the run fails where it rises by more than 2 MB for each. How it goes on in one room at work, turn after turn,
is in the row \`work\` of [benchmarks.md](benchmarks.md).

A scenario is one room with its own history, clients and check. A fault that strikes every room at once
(\`kill -9\`, D1, the clock, storage, and most of \`rounds\`) is played over several rooms, each in another state; there each counts.

In \`rounds\` \`kill -9\` strikes before and after each round's commit, each set of calls, each result, the wait
for a person or for the client, and each answer of theirs, and while a tool has the call; "and again" strikes
once more while the room goes on from what was committed. Two tools are asked for in each round: some say
that they may be repeated, one is repeated by the ghost's \`onLost\`, one must not be, one needs approval,
one is the client's.

In \`resumable\` an agent over HTTP writes a book and says after each chapter that it can go on from there. \`kill -9\`
strikes before and after what it says is committed, amid its words and at its end; "and again" strikes once more while it
goes on; or its own connection breaks. The agent notes what it is asked: it goes on under one key, never further
back than before, with exactly the text of the chapters that it need not write again, and no chapter that was kept is
begun again.

The family \`deploy\` stops the server at an interesting point, orderly or by \`kill -9\`, and starts other code
on the same stored data: the last release's, the present code's, the release's again, and the present code's
again. The release is the commit in \`test/compat/fixtures/release.json\`, built from its own sources as git
has them; where the clone does not have it, the family is left out, and the run says so. Clients resume by
\`after\` and \`epoch\` over each change, and none may be sent back to the beginning. It is no part of \`npm test\`.

${table(rowsOf(figures.results).map((row) => [row.family, row.fault, `${row.scenarios}`, `${row.failed}`]))}

## By hand

\`\`\`sh
npm run faults                                # all of it
npm run faults -- --only "kill -9"            # one family; or "model/stall", or one play: "model/stall#2"
npm run faults -- --seed 7 --count 50         # another seed, some 50 scenarios
npm run faults -- --planted                   # is the checker awake? faults planted in the service itself
npm run faults -- --write                     # the figures above
\`\`\`

A failure names what it found and the command that plays it again. \`test/planted/\` holds mistakes that
the service does not make: each is put into a copy of the sources, and the run has to catch it.
`;
}

const HEAD = ["Family", "Fault", "Scenarios", "Failed"];
/** Those after them are numbers, to the right. */
const WORDS = 2;

/** Its columns as wide as their widest cell, as the formatter has them. */
function table(rows: string[][]): string {
  const widths = HEAD.map((_, i) => Math.max(...[HEAD, ...rows].map((row) => row[i]?.length ?? 0)));
  const rule = widths.map((width, i) =>
    i < WORDS ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => (i < WORDS ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  return [HEAD, rule, ...rows].map(line).join("\n");
}
