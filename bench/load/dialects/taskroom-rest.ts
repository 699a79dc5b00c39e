import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { tokenOf } from "./token";

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A call of Taskroom's REST; throws what was refused. */
export async function call<T>(
  port: number,
  who: string | { token: string },
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const { status, answer } = await fetchRaw(port, method, `/api/v1${path}`, {
    body,
    token: typeof who === "string" ? tokenOf(who) : who.token,
  });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${answer}`);
  return (answer === "" ? undefined : JSON.parse(answer)) as T;
}

export type Sent = { body?: object | undefined; token?: string };

/** One request over a kept-alive connection. */
export function fetchRaw(
  port: number,
  method: string,
  path: string,
  { body, token }: Sent,
): Promise<{ status: number; answer: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; answer: string }>();
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body && { "content-type": "application/json" }),
  };
  const sent = request({ agent, port, host: "127.0.0.1", method, path, headers }, (response) => {
    text(response).then(
      (answer) => resolve({ status: response.statusCode ?? 0, answer }),
      (error) => reject(error),
    );
  });
  sent.on("error", reject);
  sent.end(body && JSON.stringify(body));
  return promise;
}
