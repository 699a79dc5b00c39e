import type { UserFaultPoint } from "../../src/durable-objects/user-room/surroundings";
import { UserRoom as ProductionUserRoom } from "../../src/durable-objects/user-room/user-room";
import { breakableD1 } from "./breakable-d1";
import { checkCalls, checkedState } from "./checked-object";
import { clock, freezeAt } from "./control";

/** A user's room whose clock is in a test's hands. */
export class UserRoom extends ProductionUserRoom {
  constructor(ctx: DurableObjectState, env: Env) {
    super(checkedState(ctx), env);
  }

  protected override now(): number {
    return clock();
  }

  protected override fault(point: UserFaultPoint): void {
    freezeAt(point);
  }

  protected override database(): D1Database {
    return breakableD1(super.database());
  }
}

checkCalls(UserRoom, ProductionUserRoom);
