/** What every list takes. */
export type PageQuery = { limit?: number; cursor?: string };

/** What every list answers; `nextCursor` is `null` at the end. */
export type { Page } from "../../protocol/rest/page";
