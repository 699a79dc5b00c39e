import * as z from "zod";

/** What prices may be in (ISO 4217): a closed list, since sums are counted by it. */
export const currency = z.enum([
  ...(["USD", "EUR", "GBP", "CHF", "SEK", "PLN", "CAD", "AUD"] as const),
  ...(["BRL", "CNY", "HKD", "INR", "JPY", "KRW", "SGD", "TWD"] as const),
]);
export type Currency = z.infer<typeof currency>;
