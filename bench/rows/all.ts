import { crowdRow, roomsRow } from "./crowds";
import type { Row, Scale } from "./row";
import { streamRows } from "./streams";

/** Every row, the most telling first. */
export function allRows(scale: Scale): Row[] {
  return [...streamRows(scale), crowdRow(scale), roomsRow(scale)];
}
