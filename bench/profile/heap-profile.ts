import * as z from "zod";
import { callFrame } from "./cpu-profile";
import type { Parts } from "./parts";

type Node = { callFrame: z.infer<typeof callFrame>; selfSize: number; children: Node[] };
const node: z.ZodType<Node> = z.object({
  callFrame,
  selfSize: z.number(),
  get children() {
    return z.array(node);
  },
});
const answer = z.object({ profile: z.object({ head: node }) });

/** Bytes by the part that allocated them; what young collections took away at once is not in it. */
export function heapProfile(stopped: unknown, parts: Parts): Map<string, number> {
  const sizes = new Map<string, number>();
  const add = ({ callFrame: frame, selfSize, children }: Node) => {
    const part = parts.of(frame);
    sizes.set(part, (sizes.get(part) ?? 0) + selfSize);
    for (const child of children) add(child);
  };
  add(answer.parse(stopped).profile.head);
  return sizes;
}
