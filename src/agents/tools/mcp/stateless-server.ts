import type { Fields } from "../../model/wire/json";
import type { Connection, Request } from "./connection";
import type { Endpoint } from "./endpoint";
import { headerValue } from "./header-value";
import { CLIENT_INFO, STATELESS } from "./protocol";

const META = {
  "io.modelcontextprotocol/protocolVersion": STATELESS,
  "io.modelcontextprotocol/clientInfo": CLIENT_INFO,
  "io.modelcontextprotocol/clientCapabilities": {},
};

/**
 * A server of the revision without sessions. Who closes a request's stream has cancelled it, so that
 * there is nothing to say at the end.
 */
export class StatelessServer implements Connection {
  readonly isStateless = true;
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async request({ method, params, headers, signal, hearing }: Request): Promise<unknown> {
    const { result } = await this.#endpoint.ask({
      ...{ id: this.#endpoint.nextId(), method, signal, hearing },
      params: { ...params, _meta: { ...metaOf(params), ...META } },
      headers: {
        ...headers,
        "mcp-protocol-version": STATELESS,
        "mcp-method": method,
        ...(typeof params.name === "string" && { "mcp-name": headerValue(params.name) }),
      },
    });
    return result;
  }

  async close(): Promise<void> {}
}

function metaOf({ _meta }: Fields): object {
  return typeof _meta === "object" && _meta !== null ? _meta : {};
}
