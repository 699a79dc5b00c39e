import { FACES } from "../operations/faces";
import type { Operation } from "../operations/operation";
import { A2A_DESCRIPTION } from "./a2a/face";
import { AG_UI_DESCRIPTION } from "./ag-ui/face";
import { AI_SDK_DESCRIPTION } from "./ai-sdk/face";
import type { FaceDescription } from "./description";
import { MCP_DESCRIPTION } from "./mcp/face";
import { OPENAI_DESCRIPTION } from "./openai/face";
import { type DescribedOperation, describeFaces } from "./operation";
import { REST_DESCRIPTION } from "./rest/face";
import { DESCRIBED_FILES } from "./rest/files";
import { STREAMS_DESCRIPTION } from "./streams/face";

const DESCRIPTIONS: { [Name in keyof typeof FACES]: FaceDescription<(typeof FACES)[Name]> } = {
  rest: REST_DESCRIPTION,
  openai: OPENAI_DESCRIPTION,
  aiSdk: AI_SDK_DESCRIPTION,
  a2a: A2A_DESCRIPTION,
  mcp: MCP_DESCRIPTION,
  agUi: AG_UI_DESCRIPTION,
  streams: STREAMS_DESCRIPTION,
};

/** Every operation of the service, with what its readers need. */
export const OPERATIONS: readonly DescribedOperation[] = [
  ...describeFaces(FACES, DESCRIPTIONS),
  ...DESCRIBED_FILES,
];

/** An operation of the table as it is described. */
export function described({ id }: Operation): DescribedOperation {
  const found = OPERATIONS.find((operation) => operation.id === id);
  if (found) return found;
  throw new Error(`${id} is not described`);
}
