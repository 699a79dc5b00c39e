import { badOptions, noToken } from "../errors";
import { Deadline, unlessGivenUp } from "../rest/deadline";

/** What both a header and a subprotocol can hold (RFC 9110, `token`). */
const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/;

/** Asked for every handshake and every request. Rejects with a `TaskroomError`. */
export type AskToken = () => Promise<string>;

/**
 * What is given as `token` is judged at once where it is a text, and each time where it is a function, which
 * has `mostMs` milliseconds to answer.
 */
export function tokenFrom(given: unknown, mostMs: number): AskToken {
  if (typeof given === "function") return () => asked(given as () => unknown, mostMs);
  if (typeof given === "string") {
    const token = sound(given);
    return async () => token;
  }
  const isPromise = typeof given === "object" && given !== null && "then" in given;
  throw badOptions(
    isPromise
      ? "token is a promise, which can't be asked again: give the function that makes it"
      : `token is ${given === null ? "null" : typeof given}: give a text, or a function that gives one`,
  );
}

async function asked(source: () => unknown, mostMs: number): Promise<string> {
  // Whoever waits for one that never answers would not be heard of again.
  const deadline = new Deadline(mostMs);
  const asking = async () => source();
  let token: unknown;
  try {
    token = await unlessGivenUp(asking(), deadline.signal);
  } catch (cause) {
    throw noToken(cause);
  } finally {
    deadline.stop();
  }
  // Nobody is signed in yet: that may change.
  if (token === undefined || token === null || token === "") {
    throw noToken(new TypeError("the token function gave none"));
  }
  if (typeof token !== "string") throw badOptions(`the token function gave ${typeof token}`);
  return sound(token);
}

/** No error says the token itself: errors go to logs. */
function sound(given: string): string {
  const token = given.trim();
  if (token === "") throw badOptions("token is empty: give a text, or a function that gives one");
  if (/^bearer\s/i.test(token)) {
    throw badOptions('token begins with "Bearer": give what comes after it alone');
  }
  if (!TOKEN.test(token)) {
    throw badOptions("token has characters that no token has: is it JSON, a page, or two of them?");
  }
  return token;
}
