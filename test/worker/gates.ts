/**
 * Steps of opening a socket or a stream: each is passed by whoever opens one of a task, or of a user. And
 * one on the way to a user's home with files that a message is to carry, and one to a user's meter.
 */
export const GATES = [
  "to the room",
  "asking",
  "answered",
  "from the room",
  "to the home",
  "from the home",
  "claiming",
  "admitting",
] as const;
export type Gate = (typeof GATES)[number];

type Closed = { isReached: boolean };

/** Gates that are closed, by step and name of the room. */
const closed = new Map<string, Closed>();
/** Objects share an isolate, but none may settle another's promise: who waits looks again. */
const LOOK_AGAIN_MS = 10;

const placeOf = (gate: string, name: string) => `${gate} ${name}`;

/** Whoever comes first waits there until it is opened. */
export function closeGate(gate: string, name: string): void {
  closed.set(placeOf(gate, name), { isReached: false });
}

export function openGate(gate: string, name: string): void {
  closed.delete(placeOf(gate, name));
}

export function isReached(gate: string, name: string): boolean {
  return closed.get(placeOf(gate, name))?.isReached === true;
}

export async function passGate(gate: Gate, name: string): Promise<void> {
  const place = placeOf(gate, name);
  const mine = closed.get(place);
  if (!mine || mine.isReached) return;
  mine.isReached = true;
  while (closed.get(place) === mine) await scheduler.wait(LOOK_AGAIN_MS);
}

/** Rooms whose sockets are opened through gates: on the way there, and on the way back. */
export function gatedRooms<T extends DurableObjectNamespace>(rooms: T, kind: "room" | "home"): T {
  return new Proxy(rooms, {
    get(target, property) {
      if (property === "getByName")
        return (name: string) => gated(target.getByName(name), name, kind);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function gated(stub: DurableObjectStub, name: string, kind: "room" | "home"): DurableObjectStub {
  return new Proxy(stub, {
    get(target, property) {
      if (property !== "fetch") return Reflect.get(target, property, target);
      return async (request: Request) => {
        await passGate(`to the ${kind}`, name);
        const response = await target.fetch(request);
        await passGate(`from the ${kind}`, name);
        return response;
      };
    },
  });
}
