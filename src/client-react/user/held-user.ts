import type { UserConnection, UserSnapshot } from "../../client";
import type { Held } from "../held";

export type HeldUser = Held<UserSnapshot, UserConnection>;
