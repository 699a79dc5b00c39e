import { expect, it } from "vitest";
import {
  databaseOptions,
  readWranglerOptions,
  withoutOurOwn,
} from "../../../scripts/wrangler-options";

it.each([
  ["--port 9000", { port: 9000 }],
  ["--port=9000", { port: 9000 }],
  ["--port 1 --port 2", { port: 2 }],
  ["", { port: undefined, ip: "localhost", config: undefined, env: undefined, secure: false }],
  ["--ip 0.0.0.0", { ip: "0.0.0.0" }],
  ["-c other.toml", { config: "other.toml" }],
  ["--config=other.toml -e staging", { config: "other.toml", env: "staging" }],
  ["--local-protocol https", { secure: true }],
  ["--show-interactive-dev-session", { interactive: true }],
  ["--var A:1", { vars: { A: "1" } }],
  ["--var A:http://x:1", { vars: { A: "http://x:1" } }],
  ["--var A:1 B:2 --port 3 C:4", { vars: { A: "1", B: "2" }, port: 3 }],
  ["--var A:1 --var B:2", { vars: { A: "1", B: "2" } }],
  ["--var=A:1", { vars: { A: "1" } }],
  ["--verbose", { verbose: true }],
  ["--log-level debug", { verbose: true }],
  ["--port 1", { verbose: false }],
  ["--var A: --var :x --var y", { vars: { A: "" } }],
])("reads %s", (line, expected) => {
  expect(readWranglerOptions(line.split(" ").filter(Boolean))).toMatchObject(expected);
});

it("hands the database what decides where it is, and nothing else", () => {
  const args = "--port 1 -c t.toml --persist-to=/tmp/x --var A:1 -e staging --ip ::".split(" ");
  expect(databaseOptions(args)).toEqual([
    ...["--persist-to", "/tmp/x"],
    ...["--config", "t.toml"],
    ...["--env", "staging"],
  ]);
  expect(databaseOptions([])).toEqual([]);
});

it("hands wrangler what is wrangler's", () => {
  expect(withoutOurOwn(["--port", "1", "--verbose", "-e", "staging"])).toEqual([
    ...["--port", "1", "-e", "staging"],
  ]);
});
