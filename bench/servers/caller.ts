import { jwtVerify } from "jose";

export type CallerEnv = { RATE_LIMIT: RateLimit; AUTH_JWT_SECRET: string };

const encoder = new TextEncoder();

/** Who calls, by a verified token, once the call is counted: what any implementation asks first. */
export async function callerOf(authorization: string | undefined, env: CallerEnv): Promise<string> {
  const token = authorization?.slice("Bearer ".length) ?? "";
  const { payload } = await jwtVerify(token, encoder.encode(env.AUTH_JWT_SECRET));
  const user = payload.sub ?? "";
  await env.RATE_LIMIT.limit({ key: user });
  return user;
}
