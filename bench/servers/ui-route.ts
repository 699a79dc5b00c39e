import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { convertToModelMessages, streamText, type UIMessage } from "ai";
import { Hono } from "hono";

type Bindings = { MODEL_URL: string };

/** The chat route of the AI SDK's own documentation, in a Worker: nothing is stored, nobody is checked. */
const app = new Hono<{ Bindings: Bindings }>();

app.post("/ai-sdk/chat", async (c) => {
  const { messages } = await c.req.json<{ messages: UIMessage[] }>();
  const provider = createOpenAICompatible({
    name: "scripted",
    baseURL: c.env.MODEL_URL,
    includeUsage: true,
  });
  const result = streamText({
    model: provider.chatModel("scripted"),
    messages: await convertToModelMessages(messages),
  });
  return result.toUIMessageStreamResponse();
});

export default app;
