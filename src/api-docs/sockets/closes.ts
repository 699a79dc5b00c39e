import { CLOSE } from "../../protocol/close-codes";

type Close = { code: number; when: string; advice: string };

/** Every close code of a socket, by number. */
export const CLOSES: readonly Close[] = [
  close(CLOSE.tooBig, "A frame over 256 KiB.", "Send smaller frames."),
  close(CLOSE.restart, "The service restarts.", "Resume at once."),
  close(
    CLOSE.tooSlow,
    "Nothing taken for 30 s, or over 4 MiB unsent.",
    "Resume when you can read.",
  ),
  close(CLOSE.malformed, "Too many frames that cannot be read.", "Mend the client."),
  close(CLOSE.unauthorized, "The token expired or was revoked.", "Resume with a new token."),
  close(CLOSE.removed, "Your access was removed.", "Do not come back."),
  close(CLOSE.sessionExpired, "The session expired or was ended.", "Connect as a new session."),
  close(CLOSE.deleted, "The task was deleted.", "Do not come back."),
  close(CLOSE.flooding, "Far too many commands.", "Wait, then resume."),
];

function close(code: number, when: string, advice: string): Close {
  return { code, when, advice };
}
