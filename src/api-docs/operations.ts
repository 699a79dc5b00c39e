import type { Operation } from "../operations/operation";
import { REST } from "../operations/rest";
import { type DescribedOperation, describeFace } from "./operation";
import { REST_DESCRIPTION } from "./rest/face";
import { DESCRIBED_FILES } from "./rest/files";

/** Every operation of the service, with what its readers need. */
export const OPERATIONS: readonly DescribedOperation[] = [
  ...describeFace(REST, REST_DESCRIPTION),
  ...DESCRIBED_FILES,
];

/** An operation of the table as it is described. */
export function described({ id }: Operation): DescribedOperation {
  const found = OPERATIONS.find((operation) => operation.id === id);
  if (found) return found;
  throw new Error(`${id} is not described`);
}
