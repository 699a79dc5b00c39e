import type { MEMBERS } from "../../operations/rest/members";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";

export const MEMBERS_DESCRIBED: Descriptions<typeof MEMBERS> = {
  list: {
    answer: {
      description: "All members, in one page.",
      json: json(MODELS.MemberPage, {
        items: [
          { userId: "alice", role: "owner" },
          { userId: "bob", role: "viewer" },
        ],
        nextCursor: null,
      }),
    },
  },
  put: {
    description:
      "Owners only. `owner` may do everything, `editor` send, run, stop and retry, `viewer` watch.",
    body: { userId: "bob", role: "editor" },
    answer: {
      description: "The member.",
      json: json(MODELS.Member, { userId: "bob", role: "editor" }),
    },
    errors: ["conflict"],
  },
  drop: {
    description:
      "Owners remove anyone; anyone may leave; the last owner stays. The member's sockets close " +
      "with 4403, and the task's notifications go from the member's list.",
    answer: { description: "No member any more." },
    errors: ["conflict"],
  },
};
