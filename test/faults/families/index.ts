import type { Family } from "../scenario";
import { agentFaults } from "./agent-faults";
import { approvals } from "./approvals";
import { bytes } from "./bytes";
import { cancels } from "./cancels";
import { clockFaults } from "./clock-faults";
import { creations } from "./creations";
import { d1Faults } from "./d1-faults";
import { deploys } from "./deploys";
import { duplicates } from "./duplicates";
import { historyFaults } from "./history-faults";
import { hostile } from "./hostile";
import { kills } from "./kills";
import { modelFaults } from "./model-faults";
import { crowds, reconnects } from "./reconnects";
import { resumables } from "./resumables";
import { revocations } from "./revocations";
import { rounds } from "./rounds";
import { slowClients } from "./slow-clients";
import { storageFaults } from "./storage-faults";
import { tokens } from "./tokens";
import { webhookFaults } from "./webhook-faults";

/** The whole matrix. */
export const FAMILIES: Family[] = [
  modelFaults,
  agentFaults,
  webhookFaults,
  slowClients,
  duplicates,
  reconnects,
  cancels,
  hostile,
  tokens,
  crowds,
  d1Faults,
  historyFaults,
  clockFaults,
  revocations,
  storageFaults,
  bytes,
  kills,
  creations,
  rounds,
  resumables,
  approvals,
  deploys,
];
