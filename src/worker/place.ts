import * as z from "zod";
import type { Place } from "../protocol/rooms/place";

/** What the platform says of where a request comes from; any of it may be missing. */
const origin = z.object({
  continent: z.string().optional(),
  country: z.string().optional(),
  /** Degrees, as text. */
  longitude: z.string().optional(),
});
type Origin = z.infer<typeof origin>;

const MIDDLE_EAST = new Set("AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE".split(" "));
/** Degrees east of which North America and Europe count as their eastern halves. */
const EASTERN = { NA: -100, EU: 15 };

/** The part of the world that a request comes from; undefined where nobody knows. */
export function placeOf(cf: unknown): Place | undefined {
  const read = origin.safeParse(cf);
  if (!read.success) return undefined;
  const { continent, country = "" } = read.data;
  switch (continent) {
    case "AF":
      return "afr";
    case "AS":
      return MIDDLE_EAST.has(country) ? "me" : "apac";
    case "EU":
      return isEast(read.data, EASTERN.EU) ? "eeur" : "weur";
    case "NA":
      return isEast(read.data, EASTERN.NA) ? "enam" : "wnam";
    case "OC":
      return "oc";
    case "SA":
      return "sam";
    default:
      return undefined;
  }
}

function isEast({ longitude }: Origin, degrees: number): boolean {
  return Number(longitude ?? degrees - 1) >= degrees;
}
