import { jwtVerify } from "jose";
import { expect, it } from "vitest";
import { mintToken } from "../../../scripts/local-identity";

const NEW = "the-new-secret-the-new-secret-the-new-secret";
const OLD = "the-old-secret-the-old-secret-the-old-secret";

it.each([NEW, `${NEW},${OLD}`, ` ${NEW} , ${OLD}`, `,${NEW}`])(
  "of several secrets the first signs: %s",
  async (AUTH_JWT_SECRET) => {
    const request = { sub: "alice", ttlSeconds: 60 };
    const token = (await mintToken(request, { vars: { AUTH_JWT_SECRET } })) ?? "";
    const { payload } = await jwtVerify(token, new TextEncoder().encode(NEW));
    expect(payload.sub).toBe("alice");
  },
);
