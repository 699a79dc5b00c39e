import { STREAMS } from "../../operations/streams/face";
import { problemResponse } from "../../worker/problem";
import { served } from "../../worker/serving/face";
import { read } from "./read";

/** Whoever reads Durable Streams at a task's log. */
export const streams = served(STREAMS, {
  errorsAs: problemResponse,
  handlers: { tasks: { read } },
});
