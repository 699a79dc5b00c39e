import type { LanguageModelV4ToolCall } from "@ai-sdk/provider";
import { newCallId } from "./call-id";
import { type Fields, isFields, listOf } from "./json";
import { ToolArguments } from "./tool-arguments";

/** A piece of a call, as a chunk holds it. */
type Piece = {
  index: number | undefined;
  id: string | undefined;
  name: string | undefined;
  arguments: unknown;
  extra: unknown;
};

type Call = {
  index: number | undefined;
  id: string | undefined;
  name: string;
  arguments: ToolArguments;
  /** What the provider wants to have back with the call, as Google's signature of a thought. */
  extra: Fields | undefined;
};

/**
 * The calls of an answer, gathered from pieces whose index, id and name may be missing, odd, repeated or
 * late. A piece that names another tool, or another id beside a name, begins a call; any other goes on with one.
 */
export class ToolCalls {
  readonly #offered: ReadonlySet<string>;
  readonly #calls: Call[] = [];
  /** Calls that the chunk at hand has spoken of: two entries of one list are two calls. */
  #touched = new Set<Call>();

  constructor(offered: ReadonlySet<string>) {
    this.#offered = offered;
  }

  get size(): number {
    return this.#calls.filter(isCall).length;
  }

  /** Takes a chunk's `tool_calls`. */
  take(said: unknown): void {
    const pieces = listOf(said).filter(isFields).map(pieceOf);
    this.#touched = new Set();
    for (const [position, piece] of pieces.entries()) {
      const call = this.#callOf(piece, pieces.length > 1 ? position : undefined);
      this.#touched.add(call);
      this.#add(call, piece);
    }
  }

  /** At the end of the answer. */
  all(): LanguageModelV4ToolCall[] {
    const ids = new Set<string>();
    return this.#calls.filter(isCall).map((call) => {
      const toolCallId = call.id && !ids.has(call.id) ? call.id : newCallId();
      ids.add(toolCallId);
      return partOf(call, toolCallId);
    });
  }

  #callOf(piece: Piece, position: number | undefined): Call {
    const known = this.#known(piece, position);
    if (known && !this.#isAnother(known, piece)) return known;
    const call: Call = {
      index: piece.index,
      id: undefined,
      name: "",
      arguments: new ToolArguments(),
      extra: undefined,
    };
    this.#calls.push(call);
    return call;
  }

  /** The call that a piece would belong to by its index, its id or its place. */
  #known({ index, id, name }: Piece, position: number | undefined): Call | undefined {
    if (index !== undefined) return this.#calls.findLast((call) => call.index === index);
    if (id !== undefined) {
      const same = this.#calls.findLast((call) => call.id === id);
      // The id may come behind the pieces that it is for.
      const late = name === undefined ? this.#calls.findLast((call) => !call.id) : undefined;
      return same ?? late;
    }
    return position === undefined ? this.#calls.at(-1) : this.#calls[position];
  }

  #isAnother(call: Call, { id, name, arguments: given }: Piece): boolean {
    if (name === undefined) return false;
    if (this.#touched.has(call)) return true;
    if (call.arguments.isOpen || call.name === "") return false;
    if (id !== undefined && call.id !== undefined && id !== call.id) return true;
    // A whole call, and then arguments that are not those again.
    const isNext = call.arguments.isFilled && !isNothing(given) && !call.arguments.holds(given);
    if (name === call.name) return isNext;
    const joined = joinedName(call.name, name, this.#offered);
    return joined === call.name || (isNext && !this.#offered.has(joined));
  }

  #add(call: Call, piece: Piece): void {
    // A last chunk may sum up what the others said.
    const isRepeated = call.arguments.isFilled && call.arguments.holds(piece.arguments);
    call.id ??= piece.id;
    if (piece.name !== undefined) call.name = joinedName(call.name, piece.name, this.#offered);
    if (isFields(piece.extra)) call.extra = { ...call.extra, ...piece.extra };
    if (!isRepeated) call.arguments.add(piece.arguments);
  }
}

function isNothing(given: unknown): boolean {
  return given === undefined || given === null || given === "";
}

/** Names come whole, in pieces, again with every chunk, or longer with every chunk. */
function joinedName(name: string, piece: string, offered: ReadonlySet<string>): string {
  if (name === "" || offered.has(name + piece)) return name + piece;
  if (offered.has(name) || name === piece) return name;
  return offered.has(piece) && piece.startsWith(name) ? piece : name + piece;
}

function pieceOf(said: Fields): Piece {
  const { function: inner, index, id, extra_content: extra } = said;
  const { name, arguments: given } = isFields(inner) ? inner : said;
  const place = typeof index === "string" && /^\d{1,6}$/.test(index) ? Number(index) : index;
  return {
    index: Number.isSafeInteger(place) ? Number(place) : undefined,
    id: wordOf(id),
    name: typeof name === "string" && name !== "" ? name : undefined,
    arguments: given,
    extra,
  };
}

function wordOf(id: unknown): string | undefined {
  return (typeof id === "string" && id !== "") || typeof id === "number" ? String(id) : undefined;
}

/** Some providers send a list with nothing in it. */
function isCall({ name, arguments: given }: Call): boolean {
  return name !== "" || !given.isEmpty;
}

function partOf(call: Call, toolCallId: string): LanguageModelV4ToolCall {
  const input = call.name === "" ? undefined : call.arguments.read();
  const told = {
    ...(input === undefined ? { unreadable: true } : {}),
    // What a program of the provider's wrote, so that it has no depth to speak of.
    ...(call.extra ? { extra: JSON.stringify(call.extra) } : {}),
  };
  return {
    type: "tool-call",
    toolCallId,
    toolName: call.name,
    input: input ?? call.arguments.text,
    ...(Object.keys(told).length > 0 ? { providerMetadata: { taskroom: told } } : {}),
  };
}
