import {
  type Arrival,
  arrivalRequest,
  epochIn,
  refusalIn,
} from "../../durable-objects/sockets/arrival";
import { RefusedRequest } from "../problem";
import { once } from "./ask";

type Room = { fetch(request: Request): Promise<Response> };

/** A room's socket, and the epoch of its log to a feed. Throws what the room refused. */
export async function arrive(
  room: () => Room,
  arrival: Arrival,
): Promise<{ webSocket: WebSocket; epoch: string }> {
  const answer = await once(() => room().fetch(arrivalRequest(arrival)));
  if (!answer.webSocket) throw new RefusedRequest(await refusalIn(answer));
  return { webSocket: answer.webSocket, epoch: epochIn(answer) };
}
