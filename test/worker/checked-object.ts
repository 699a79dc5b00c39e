import {
  checkAttachment,
  checkCall,
  checkFrame,
  checkRow,
  checkStatement,
} from "./platform-limits";

/** What the runtime calls itself; anything else of an object is called from outside. */
const OF_THE_RUNTIME = ["constructor", "fetch", "alarm", "webSocketMessage"];

/** An object's state whose storage refuses what the platform would. */
export function checkedState(state: DurableObjectState): DurableObjectState {
  return Object.defineProperty(state, "storage", {
    value: checkedStorage(state.storage),
    configurable: true,
  });
}

function checkedStorage(storage: DurableObjectStorage): DurableObjectStorage {
  const unchecked = storage.sql.exec.bind(storage.sql);
  const exec = (query: string, ...values: SqlStorageValue[]) => {
    // One that inserts makes a row of what it is given.
    if (/^\s*INSERT/i.test(query)) checkRow(values);
    else checkStatement(values);
    return unchecked(query, ...values);
  };
  const sql = new Proxy(storage.sql, {
    // A test may have put something in its place.
    get: (target, property) =>
      property === "exec" && !Object.hasOwn(target, property)
        ? exec
        : Reflect.get(target, property, target),
  });
  return new Proxy(storage, {
    get(target, property) {
      if (property === "sql") return sql;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Makes an object's own class refuse calls and answers that the platform would. */
export function checkCalls(made: { prototype: object }, of: { prototype: object }): void {
  for (const name of Object.getOwnPropertyNames(of.prototype)) {
    const own = Object.getOwnPropertyDescriptor(of.prototype, name)?.value;
    const isOverridden = Object.hasOwn(made.prototype, name);
    if (typeof own !== "function" || OF_THE_RUNTIME.includes(name) || isOverridden) continue;
    Object.defineProperty(made.prototype, name, { value: checkedCall(own), configurable: true });
  }
}

type Method = (this: unknown, ...input: unknown[]) => unknown;

function checkedCall(method: Method): Method {
  return function (...input) {
    checkCall(input);
    const answer = method.apply(this, input);
    if (!(answer instanceof Promise)) return answer;
    return answer.then((value: unknown) => {
      checkCall(value);
      return value;
    });
  };
}

/** Makes this isolate's sockets refuse what the platform's would. */
export function checkSockets(): void {
  const { send, serializeAttachment } = WebSocket.prototype;
  WebSocket.prototype.send = function (frame) {
    checkFrame(frame);
    send.call(this, frame);
  };
  WebSocket.prototype.serializeAttachment = function (value) {
    checkAttachment(value);
    serializeAttachment.call(this, value);
  };
}
