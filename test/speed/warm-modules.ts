import type { TestProject } from "vitest/node";

type Modules = TestProject["vite"]["environments"][string];

/**
 * Transforms the worker's modules while other projects still run. Asked for by several runtimes, one
 * after the other as each imports them, they would keep a third of both cores waiting.
 */
export function setup({ vite }: TestProject): void {
  void warm(vite.environments.ssr, "/test/worker/index.ts", new Set());
}

async function warm(modules: Modules, url: string, known: Set<string>): Promise<void> {
  if (known.has(url)) return;
  known.add(url);
  // What the runtime itself brings is no file; all other failures are told where a test imports it.
  await modules.transformRequest(url).catch(() => undefined);
  const module = await modules.moduleGraph.getModuleByUrl(url);
  for (const imported of module?.importedModules ?? []) await warm(modules, imported.url, known);
}
