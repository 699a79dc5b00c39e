import { FILES } from "../../operations/files";
import type { Descriptions } from "../description";
import { type DescribedOperation, describeGroup } from "../operation";
import { PROBLEMS } from "../problems";

const DESCRIPTIONS: Descriptions<typeof FILES> = {
  openapi: {
    answer: { description: "OpenAPI 3.1." },
    media: { description: "OpenAPI 3.1.", example: "{}" },
  },
  asyncapi: {
    answer: { description: "AsyncAPI 3.0." },
    media: { description: "AsyncAPI 3.0.", example: "{}" },
  },
  docs: {
    answer: { description: "A page without scripts." },
    media: { description: "A page.", example: "<!doctype html>" },
  },
};

/** What the platform answers with by itself. */
export const DESCRIBED_FILES: readonly DescribedOperation[] = describeGroup(FILES, DESCRIPTIONS, {
  parameters: {},
  errors: PROBLEMS,
}).map((file) => ({ ...file, isFile: true }));
