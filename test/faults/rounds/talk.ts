import { done, finish, type Script, status, text, usage } from "../../support/model-script";
import type { Random } from "../random";
import type { Prompt } from "../stage";
import { TOOLS, type ToolName } from "./tool-servers";

/** Which tools each round of a turn asks for. */
export type Plan = ToolName[][];

/** Two tools a round; the first round has one of each kind that waits for somebody where it is given. */
export function planOf(random: Random, ...first: ToolName[]): Plan {
  const rounds = random.between(2, 4);
  const pair = (): ToolName[] => [random.pick(TOOLS), random.pick(TOOLS)];
  return Array.from({ length: rounds }, (_, i) =>
    i === 0 ? [...first, ...pair()].slice(0, 2) : pair(),
  );
}

/** What a model says in a room: round after round of tools, then words; what it is asked is looked at. */
export class Talk {
  readonly plans: Plan[] = [];
  readonly complaints: string[] = [];
  readonly #mark: string;
  #refusals = { round: -1, times: 0 };

  constructor(mark: string) {
    this.#mark = mark;
  }

  /** Answers to a call for this round are refused so many times. */
  refuse(round: number, times: number): void {
    this.#refusals = { round, times };
  }

  reply(prompt: Prompt): { script: Script; answer?: string } {
    const asked = prompt.findLastIndex(({ role }) => role === "user");
    const turn = Number(/question (\d+)/.exec(JSON.stringify(prompt[asked]))?.[1] ?? 0);
    const plan = this.plans[turn - 1] ?? [];
    const since = prompt.slice(asked + 1);
    const round = since.filter((message) => callsOf(message).length > 0).length;
    this.complaints.push(...prompt.flatMap((_, at) => unpaired(prompt, at)));
    this.complaints.push(...repeated(since.flatMap(callsOf).map(({ args }) => args)));
    if (round === this.#refusals.round && this.#refusals.times-- > 0)
      return { script: status(503) };
    const said = (n: number) => `${this.#mark} said ${turn}.${n}`;
    const tools = plan[round];
    if (!tools) {
      const answer = Array.from({ length: round + 1 }, (_, n) => said(n)).join("\n\n");
      return { script: [text(said(round)), finish(), usage(10, 5), done], answer };
    }
    const calls = tools.map((name, index) => this.#call(name, { turn, round, index }));
    return { script: [text(said(round)), ...calls, finish("tool_calls"), usage(10, 5), done] };
  }

  /** Ids repeat in every round, as some providers' do. */
  #call(name: ToolName, place: { turn: number; round: number; index: number }): Script[number] {
    const { index } = place;
    const input = JSON.stringify({ of: this.#mark, ...place });
    const called = { name, arguments: input };
    const call = { index, id: `call_${index}`, type: "function", function: called };
    return { do: "delta", delta: { tool_calls: [call] } };
  }
}

type Said = Prompt[number];

function callsOf(message: Said): { id: string; args: string }[] {
  const calls: unknown = message.tool_calls;
  if (!Array.isArray(calls)) return [];
  return calls.map((call) => ({ id: String(call.id), args: String(call.function?.arguments) }));
}

/** Right behind a message with calls stand their results, one each. */
function unpaired(prompt: Prompt, at: number): string[] {
  const calls = callsOf(prompt[at] ?? { role: "", content: "" }).map(({ id }) => id);
  if (calls.length === 0) return [];
  const behind = prompt.slice(at + 1);
  const end = behind.findIndex(({ role }) => role !== "tool");
  const results = behind.slice(0, end < 0 ? undefined : end).map((one) => String(one.tool_call_id));
  if (new Set(calls).size === calls.length && results.join() === calls.join()) return [];
  return [`a model was asked with the calls ${calls.join()} and the results ${results.join()}`];
}

function repeated(calls: string[]): string[] {
  const twice = calls.filter((call, i) => calls.indexOf(call) !== i);
  return twice.map((call) => `a model was asked with a call twice: ${call}`);
}
