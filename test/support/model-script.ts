/** A door in a script: the server waits at it until a test opens it. */
export type Gate = { reached: Promise<void>; opened: Promise<void>; reach(): void; open(): void };

export function gate(): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    opened: opened.promise,
    reach: reached.resolve,
    open: opened.resolve,
  };
}

/** What the model server does with one request, in order; at the end the answer just ends. */
export type Action =
  /** Answers with a status other than 200, and ends unless the body is `endless`. */
  | {
      do: "status";
      status: number;
      headers?: Record<string, string>;
      body?: unknown;
      endless?: boolean;
    }
  /** Sends the headers of a stream; other actions do so by themselves. */
  | { do: "headers" }
  /** One chunk with this delta. */
  | { do: "delta"; delta: Record<string, unknown>; bytewise?: boolean }
  | { do: "finish"; reason: string }
  /** Sent only to a request that asks for it with `stream_options.include_usage`. */
  | { do: "usage"; usage: Record<string, unknown> }
  | { do: "done" }
  /** As it is, not even framed. */
  | { do: "raw"; text: string }
  | { do: "pause"; ms: number }
  | { do: "gate"; gate: Gate }
  /** Nothing more until the client closes. */
  | { do: "hang" }
  /** Resets the connection. */
  | { do: "reset" };

export type Script = Action[];

export function text(content: string): Action {
  return { do: "delta", delta: { content } };
}

/** Each byte in a write of its own, so that UTF-8 sequences are split over packets. */
export function bytewise(content: string): Action {
  return { do: "delta", delta: { content }, bytewise: true };
}

export function thinking(content: string): Action {
  return { do: "delta", delta: { reasoning_content: content } };
}

export function wait(at: Gate): Action {
  return { do: "gate", gate: at };
}

export function finish(reason = "stop"): Action {
  return { do: "finish", reason };
}

export function usage(prompt: number, completion: number, details = {}): Action {
  const total = prompt + completion;
  return {
    do: "usage",
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: total,
      ...details,
    },
  };
}

export function status(code: number, headers?: Record<string, string>, body?: unknown): Script {
  return [{ do: "status", status: code, ...(headers ? { headers } : {}), body }];
}

/** An error object inside a 200. */
export function errorInside(error: unknown): Action {
  return { do: "raw", text: `data: ${JSON.stringify({ error })}\n\n` };
}

export const hang: Action = { do: "hang" };
export const reset: Action = { do: "reset" };
export const done: Action = { do: "done" };

/** A whole answer, as a well-behaved provider gives it. */
export function answer(...tokens: string[]): Script {
  return [...tokens.map(text), finish(), usage(10, tokens.length), done];
}

/** A round: words, and one call of a tool for each of these inputs. */
export function round(words: string, name: string, ...inputs: object[]): Script {
  const tool_calls = inputs.map((input, index) => ({
    ...{ index, id: `call_${name}_${index}`, type: "function" },
    function: { name, arguments: JSON.stringify(input) },
  }));
  const delta = { tool_calls };
  return [text(words), { do: "delta", delta }, finish("tool_calls"), usage(10, 5), done];
}
