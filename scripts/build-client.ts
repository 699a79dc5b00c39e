// `npm run build:client`: the package of the TypeScript client and its React hooks, in dist/client.

import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { writeCode } from "./client/bundle";
import { packageExports } from "./client/entries";
import { writeTypes } from "./client/types";
import { ROOT } from "./local-identity";

const outDir = process.argv[2] ?? join(ROOT, "dist", "client");

rmSync(outDir, { recursive: true, force: true });
await writeCode(outDir);
await writeTypes(outDir);
copyFileSync(join(ROOT, "LICENSE"), join(outDir, "LICENSE"));

const own = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  engines: z.object({ node: z.string() }),
});
const manifest = own.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
const packed = {
  ...manifest,
  private: true,
  type: "module",
  sideEffects: false,
  exports: packageExports(),
  // For the hooks alone.
  peerDependencies: { react: ">=18" },
  peerDependenciesMeta: { react: { optional: true } },
};
writeFileSync(join(outDir, "package.json"), `${JSON.stringify(packed, null, 2)}\n`);
console.log(`The client is in ${outDir}`);
