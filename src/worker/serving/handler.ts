import type { BodyOf, Group, Operation, ParamsOf, QueryOf } from "../../operations/operation";
import type { Principal } from "../../protocol/identity";
import type { AppContext } from "../context";

/** What is known of a request before its query and body are read. */
export type Address<O extends Operation> = {
  c: AppContext;
  /** Who asks; nobody has been asked for where the operation is open. */
  principal: O extends { scope: "open" } ? undefined : Principal;
  params: ParamsOf<O>;
};

/** A request as the operation's schemas give it. */
export type Asked<O extends Operation> = Address<O> & { query: QueryOf<O>; body: BodyOf<O> };

/** A JSON value with what its status alone does not say. */
export class Answer {
  readonly value: object;
  readonly headers: Record<string, string>;
  /** The status is the operation's other one. */
  readonly otherwise: boolean;

  constructor(value: object, { headers = {}, otherwise = false } = {}) {
    this.value = value;
    this.headers = headers;
    this.otherwise = otherwise;
  }
}

/** A JSON value, an `Answer`, or a response that goes out as it is; nothing where the status is 204. */
type Given<O extends Operation> = O extends { status: 204 }
  ? undefined
  : Answer | Response | object;

type Work<O extends Operation> = (asked: Asked<O>) => Given<O> | Promise<Given<O>>;

/** What answers an operation; throws a `RefusedRequest` where it is refused. */
export type Handler<O extends Operation> =
  | Work<O>
  | {
      /** Refuses by the path alone: query and body are not looked at then. */
      before: (address: Address<O>) => void;
      work: Work<O>;
    };

/** One handler for each operation of a group, and no more. */
export type Handlers<G extends Group> = { [Name in keyof G]: Handler<G[Name]> };
