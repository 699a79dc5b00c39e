import { afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { killAll, treeOf } from "../../scripts/process-table";
import { Command } from "../support/command";
import { startMcpServer } from "../support/mcp-server";
import { answer, round } from "../support/model-script";
import { startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { toolTeam } from "../support/tool-team";
import { until } from "../support/until";
import { WireUser } from "../support/wire-client";

const server = new Server(inject("shared").production);
let token: string;
const running: Command[] = [];

beforeAll(async () => {
  token = await server.token("alice-who-chats", { name: "Alice" });
});
afterEach(() => {
  for (const { child } of running.splice(0)) killAll(treeOf(child.pid ?? -1));
});

function chat(...args: string[]): Command {
  const command = Command.script("chat", ["--url", server.url, "--token", token, ...args]);
  running.push(command);
  return command;
}

async function api<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

const newTask = async () => (await api<{ id: string }>("/tasks", {})).id;
const turnsOf = async (taskId: string) =>
  (await api<{ items: { status: string }[] }>(`/tasks/${taskId}/turns`)).items;

describe("npm run chat", () => {
  it("asks one thing, prints the answer alone, and ends", async () => {
    const run = chat("--once", "/echo Two lines,\nas they are.");
    expect(await run.end()).toBe(0);
    expect(run.stdout).toBe("Two lines,\nas they are.\n");
    expect(run.stderr).toContain("· running");
  });

  it("shows the thinking beside the answer", async () => {
    const run = chat("--once", "/fast Hello");
    expect(await run.end()).toBe(0);
    expect(run.stderr).toContain("I am the demo model");
    expect(run.stdout).toContain("> /fast Hello");
    expect(run.stdout).not.toContain("I am the demo model, so there is nothing to look up");
  });

  it("lets no escape sequence through from an answer", async () => {
    const run = chat("--once", "/echo \u001b[31mred\u001b[0m\u009b2J\u0007");
    expect(await run.end()).toBe(0);
    expect(run.stdout).toBe("[31mred[0m2J\n");
  });

  it("says how a failed turn ended, and fails itself", async () => {
    const run = chat("--once", "/reject");
    expect(await run.end()).toBe(1);
    expect(run.stderr).toMatch(/· failed: \S+/);
  });

  it("shows a retry, and the answer of the next attempt", async () => {
    const run = chat("--once", "/fast /fail-once Hello");
    expect(await run.end()).toBe(0);
    expect(run.stderr).toMatch(/attempt 1 failed \(.+\), retrying in \d+ s/);
    expect(run.stdout).toContain("Hello");
  });

  it("stops a slow answer with Ctrl-C", async () => {
    const taskId = await newTask();
    const run = chat("--task", taskId, "--once", "/slow Hello");
    await run.says("## Hello");
    run.child.kill("SIGINT");
    expect(await run.end(15_000)).toBe(130);
    expect(run.stderr).toContain("stopping…");
    expect(run.stderr).toContain("· cancelled");
    expect(await turnsOf(taskId)).toMatchObject([{ status: "INTERRUPTED" }]);
  });

  it("stays after the Ctrl-C that stops a turn, and leaves at the next", async () => {
    const run = chat("/slow Hello");
    await run.says("## Hello");
    run.child.kill("SIGINT");
    await run.says("· cancelled");
    expect(run.child.exitCode).toBeNull();
    // Two within a tenth of a second count as one, so the next may have to be another.
    await until("it leaves", () => {
      run.child.kill("SIGINT");
      return run.child.exitCode !== null;
    });
    expect(await run.end()).toBe(0);
  });

  it("leaves at the first Ctrl-C when nothing runs", async () => {
    const run = chat();
    await run.says("· task_");
    run.child.kill("SIGINT");
    expect(await run.end(15_000)).toBe(0);
  });

  it("answers every line that is piped in, and obeys its commands", async () => {
    const run = chat("/echo one");
    run.child.stdin?.end("/echo two\n/help\n/echo three\n");
    expect(await run.end()).toBe(0);
    expect(run.stdout).toBe("one\ntwo\nthree\n");
    expect(run.stderr).toContain("/history  the newest messages");
  });

  it("joins a task, shows what was said and hears what others say", async () => {
    const taskId = await newTask();
    const first = chat("--task", taskId, "--once", "/echo said before");
    await first.end();
    const watcher = chat("--task", taskId);
    await watcher.says("said before");
    const other = chat("--task", taskId, "--once", "/echo said later");
    expect(await other.end()).toBe(0);
    expect(other.stdout).toBe("said later\n");
    await watcher.says("Alice: /echo said later");
    await watcher.says(/^said later$/m);
  });

  it("asks at its prompt before a tool is called, and shows what came of it", async () => {
    const carried: unknown[] = [];
    const call = (input: unknown) => ({ text: `charge ${carried.push(input)} is made` });
    const [models, tools] = await Promise.all([
      startModelServer(),
      startMcpServer([{ name: "charge", call }]),
    ]);
    const user = await WireUser.of(server, "alice-who-chats");
    const team = await toolTeam(user, models, { shop: { url: tools.url, approval: "always" } });
    models.script(round("", "charge", { amount: 5 }, { amount: 9 }), answer("One is made."));
    const run = chat("--team", team, "Charge both");
    await run.says(/May charge be called with \{"amount":5\}\? y or n/);
    run.child.stdin?.write("y\n");
    await run.says(/May charge be called with \{"amount":9\}\? y or n/);
    run.child.stdin?.write("n that is too much\n");
    await run.says("One is made.");
    run.child.stdin?.end();
    expect(await run.end()).toBe(0);
    expect(run.stdout).toBe("One is made.\n");
    for (const line of [
      'round 1: charge {"amount":5}, charge {"amount":9}',
      "alice-who-chats approved of charge",
      "alice-who-chats did not approve of charge: that is too much",
      "charge failed: A person did not approve of the call: that is too much.",
      "charge gave charge 1 is made",
    ]) {
      expect(run.stderr).toContain(`· ${line}\n`);
    }
    expect(carried).toEqual([{ amount: 5 }]);
    await Promise.all([models.close(), tools.close()]);
  });

  it.each([
    [["--task", "task_00000000000000000000000000", "--once", "x"], /not found|no such|no task/i],
    [["--team", "system/nobody", "--once", "x"], /team/i],
    [["--token", "nonsense", "--once", "x"], /token|authent/i],
    [["--url", "http://localhost:1", "--once", "x"], /No server answers at .* npm start/],
  ])("says what is wrong with %j", async (args, reason) => {
    const run = chat(...args);
    expect(await run.end()).toBe(1);
    expect(run.stderr).toMatch(reason);
  });
});
