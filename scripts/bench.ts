// `npm run bench`: Taskroom side by side with others; see bench/README.md.
import { join } from "node:path";
import { ensureInstalled, hasLockedPackages } from "./install.mjs";
import { ROOT } from "./local-identity";
import { keepTemporaryInMemory } from "./memory-folder";

const BENCH = join(ROOT, "bench");
const missing = ensureInstalled(BENCH, hasLockedPackages);
if (missing) {
  console.error(missing);
  process.exitCode = 1;
} else {
  // On Cloudflare storage is written elsewhere while the object goes on, so no server waits for a disk.
  keepTemporaryInMemory();
  // Its packages may not be there when this file is checked, so its name is no constant.
  const entry = join(BENCH, "main.ts");
  const { main }: { main(args: string[]): Promise<void> } = await import(entry);
  await main(process.argv.slice(2));
}
