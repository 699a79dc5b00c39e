import { createServer } from "node:http";
import { text as readAll } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import { webhookBody } from "../../src/protocol/webhooks";

export type Received = {
  id: string;
  body: z.infer<typeof webhookBody>;
  path: string;
  /** With what it was answered. */
  status: number;
};

export type WebhookReceiver = {
  url: string;
  /** Every request whose signature was good, in order of arrival, repeated ones too. */
  received: Received[];
  /** What a receiver that drops repeated ids has seen. */
  seen(): Received[];
  /** Requests that were not signed with the secret. */
  forged: number;
  /** Known once the webhook was made. */
  secret: string;
  /** Statuses of the next answers; then 204. */
  answers: number[];
  close(): Promise<void>;
};

const signed = z.object({
  "webhook-id": z.string(),
  "webhook-timestamp": z.string(),
  "webhook-signature": z.string(),
});

/** Somebody's endpoint on loopback: checks signatures with the library of Standard Webhooks. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const server = createServer(async (incoming, response) => {
    const text = await readAll(incoming);
    const headers = signed.parse(incoming.headers);
    const status = receiver.answers.shift() ?? 204;
    try {
      new Webhook(receiver.secret).verify(text, headers);
      const body = webhookBody.parse(JSON.parse(text));
      received.push({ id: headers["webhook-id"], body, path: incoming.url ?? "", status });
    } catch {
      receiver.forged++;
    }
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the receiver has no port");
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    seen: () => received.filter(({ id }, i) => received.findIndex((one) => one.id === id) === i),
    forged: 0,
    secret: "",
    answers: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
