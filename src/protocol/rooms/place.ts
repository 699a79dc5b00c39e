import * as z from "zod";

/** Parts of the world in which the platform can be asked to make an object (its location hints). */
export const place = z.enum(["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"]);
export type Place = z.infer<typeof place>;
