import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { AIChatAgent } from "@cloudflare/ai-chat";
import { routeAgentRequest } from "agents";
import { convertToModelMessages, isStepCount, streamText, tool } from "ai";
import * as z from "zod";
import { countStorage, counts } from "./counts";

type Env = Cloudflare.Env & {
  Chat: DurableObjectNamespace<Chat>;
  MODEL_URL: string;
  COUNTED?: boolean;
};

const MOST_STEPS = 20;
/** For the row that counts what calls of tools cost. */
const look = tool({
  description: "Looks",
  inputSchema: z.looseObject({}),
  execute: async () => "seen",
});

/** The chat agent of its package's README, on the scripted model. */
export class Chat extends AIChatAgent<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    if (env.COUNTED) countStorage(ctx.storage, "room");
    super(ctx, env);
  }

  override async onChatMessage(): Promise<Response> {
    const provider = createOpenAICompatible({
      name: "scripted",
      baseURL: this.env.MODEL_URL,
      includeUsage: true,
    });
    const result = streamText({
      model: provider.chatModel("scripted"),
      messages: await convertToModelMessages(this.messages),
      ...(this.env.COUNTED && { tools: { look }, stopWhen: isStepCount(MOST_STEPS) }),
    });
    return result.toUIMessageStreamResponse();
  }
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === "/counts") return Response.json(counts());
    return (await routeAgentRequest(request, env)) ?? new Response(null, { status: 404 });
  },
} satisfies ExportedHandler<Env>;
