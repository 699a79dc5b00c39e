import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { OPERATIONS } from "../../../src/api-docs/operations";

it.each(["wrangler.toml", "test/worker/wrangler.toml"])(
  "%s lets every described path reach the worker, but for the files",
  (file) => {
    const line = /^run_worker_first = (\[.*\])$/m.exec(readFileSync(file, "utf8"))?.[1] ?? "[]";
    const first: string[] = JSON.parse(line);
    const reached = (path: string) =>
      first.some((rule) =>
        rule.endsWith("*") ? path.startsWith(rule.slice(0, -1)) : path === rule,
      );
    for (const { path, isFile } of OPERATIONS) expect(reached(path), path).toBe(!isFile);
  },
);
