import { comingBackRows } from "./coming-back";
import { crowdRow, roomsRow } from "./crowds";
import { uiStreamRow } from "./faces";
import { costRow, toolCostRow } from "./one-turn";
import { idleRow, newsRow, restRow, workRow } from "./requests";
import type { Row, Scale } from "./row";
import { streamRows } from "./streams";

/** Every row, the most telling first. */
export function allRows(scale: Scale): Row[] {
  return [
    ...streamRows(scale),
    uiStreamRow(scale),
    costRow(scale),
    toolCostRow(),
    ...comingBackRows(scale),
    crowdRow(scale),
    roomsRow(scale),
    restRow(scale),
    newsRow(scale),
    idleRow(scale),
    workRow(scale),
  ];
}
