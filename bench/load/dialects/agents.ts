import { type Dialect, type Heard, newRoomName, sameSeats } from "./dialect";

type Frame = { type: string; id?: string; body?: string; done?: boolean; error?: boolean };
type Part = { type: string; delta?: string };

/** AIChatAgent's protocol, as its own client speaks it. */
export const agents: Dialect = {
  async room(port, clients) {
    const id = newRoomName();
    return { id, seats: sameSeats(port, `/agents/chat/${id}`, clients) };
  },
  greets: true,
  decode(text) {
    const frame: Frame = JSON.parse(text);
    if (frame.type === "cf_agent_identity") return [{ type: "ready" }];
    if (frame.type === "cf_agent_stream_resuming") return [resume(frame)];
    if (frame.type === "cf_agent_stream_resume_none") return [{ type: "ack" }];
    if (frame.type !== "cf_agent_use_chat_response") return [];
    if (frame.error) throw new Error(`the agent failed: ${frame.body}`);
    return [...partOf(frame.body), ...(frame.done ? [{ type: "end" } as const] : [])];
  },
  resume: (seat) => ({ seat, fromStart: true }),
  start(prompt) {
    const id = crypto.randomUUID();
    const message = { id, role: "user", parts: [{ type: "text", text: prompt }] };
    const init = { method: "POST", body: JSON.stringify({ messages: [message] }) };
    return JSON.stringify({ type: "cf_agent_use_chat_request", id, init });
  },
  nudge: () => JSON.stringify({ type: "cf_agent_stream_resume_request" }),
};

function partOf(body: string | undefined): Heard[] {
  if (!body) return [];
  const part: Part = JSON.parse(body);
  return part.type === "text-delta" ? [{ type: "text", text: part.delta ?? "" }] : [];
}

function resume({ id }: Frame): Heard {
  return { type: "reply", frame: JSON.stringify({ type: "cf_agent_stream_resume_ack", id }) };
}
