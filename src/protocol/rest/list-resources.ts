import * as z from "zod";
import { namespace } from "../refs";
import { page } from "./page";

export const listResources = z.strictObject({ ...page, namespace: namespace.optional() });
export type ListResources = z.infer<typeof listResources>;
