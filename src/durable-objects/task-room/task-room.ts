import { DurableObject } from "cloudflare:workers";

export class TaskRoom extends DurableObject<Env> {}
