import * as z from "zod";
import type { StepRequest } from "../../resources/step";
import { resumeOf } from "../remote/resume";
import { way } from "./card";

const kept = z.object({ taskId: z.string(), way });
export type Kept = z.infer<typeof kept>;

/** The agent's task that an earlier attempt has begun. */
export type Begun = Kept & {
  /** The key under which it was begun. */
  key: string;
  /** Whether that was in the same run: what it came to counts, however bad. */
  isOfRun: boolean;
};

export function begunOf(request: StepRequest): Begun | undefined {
  const resume = resumeOf(request);
  const state = kept.safeParse(resume?.state).data;
  if (!resume || !state) return undefined;
  return { ...state, key: resume.key, isOfRun: resume.key === request.idempotencyKey };
}
