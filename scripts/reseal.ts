// `npm run reseal`: seals everything stored anew with the first SECRETS_KEY.
import { parseArgs } from "node:util";
import * as z from "zod";
import { resealPage } from "../src/protocol/operator/reseal";
import { mintToken } from "./local-identity";

const USAGE = `Usage: npm run reseal -- [--url URL] [--token TOKEN] [--cursor CURSOR]
  --url     the service (default: http://localhost:8787)
  --token   with scope admin (default: one made from .dev.vars)
  --cursor  goes on where an earlier walk ended`;

const text = { type: "string" } as const;
const options = { url: text, token: text, cursor: text, help: { type: "boolean" } } as const;
const { values } = parseArgs({ options });

if (values.help) console.log(USAGE);
else process.exitCode = await walk();

/** Page by page; ends with 0 where every secret is sealed with the first key. */
async function walk(): Promise<number> {
  const { url = "http://localhost:8787", token = await ownToken() } = values;
  const sum = { resealed: 0, current: 0, lost: 0, unreachable: 0 };
  let cursor: string | null = values.cursor ?? "";
  while (cursor !== null) {
    const page = await ask(`${url}/api/v1/secrets/reseal`, token, cursor);
    if (typeof page === "string") {
      console.error(`${page}\nTo go on: npm run reseal -- --cursor "${cursor}"`);
      return 1;
    }
    for (const name of ["resealed", "current", "lost", "unreachable"] as const) {
      sum[name] += page[name];
    }
    cursor = page.nextCursor;
  }
  console.log(`Sealed anew: ${sum.resealed}. Sealed with the first key before: ${sum.current}.`);
  if (sum.lost > 0) console.error(`${sum.lost} that none of the keys opens: a key is missing.`);
  if (sum.unreachable > 0) console.error(`${sum.unreachable} users' rooms did not answer: again.`);
  return sum.lost + sum.unreachable > 0 ? 1 : 0;
}

/** The next page, or why there is none. */
async function ask(address: string, token: string, cursor: string) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(cursor === "" ? {} : { cursor }),
    });
    const answer: unknown = await response.json();
    if (response.ok) return resealPage.parse(answer);
    const { detail } = z.looseObject({ detail: z.string() }).parse(answer);
    return `${response.status}: ${detail}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function ownToken(): Promise<string> {
  return (await mintToken({ sub: "reseal", scope: "admin", ttlSeconds: 3600 })) ?? "";
}
