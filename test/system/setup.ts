export { shareServers as setup } from "../support/shared-servers";
