// `npm run build:client`: the package of the TypeScript client, in dist/client.

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { bundleClient } from "./client/bundle";
import { writeTypes } from "./client/types";
import { ROOT } from "./local-identity";

const outDir = process.argv[2] ?? join(ROOT, "dist", "client");

await bundleClient(outDir);
await writeTypes(join(outDir, "types"));
copyFileSync(join(ROOT, "LICENSE"), join(outDir, "LICENSE"));

const own = z.object({ name: z.string(), version: z.string(), license: z.string() });
const manifest = own.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
const entry = { types: "./types/client/index.d.ts", default: "./index.js" };
const packed = {
  ...manifest,
  private: true,
  type: "module",
  sideEffects: false,
  exports: { "./client": entry },
};
writeFileSync(join(outDir, "package.json"), `${JSON.stringify(packed, null, 2)}\n`);
console.log(`The client is in ${outDir}`);
