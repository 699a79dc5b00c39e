import { mintToken } from "../../scripts/local-identity";

export type TokenOptions = { scope?: string; name?: string; ttlSeconds?: number };

/** Where a server is, and who signs its tokens. */
export type ServerPlace = {
  url: string;
  wsUrl: string;
  /** Its settings; without a secret among them it has that of `.dev.vars`. */
  vars: Record<string, string>;
};

/** What a test needs of a server, whoever started it. */
export class Server {
  readonly url: string;
  readonly wsUrl: string;
  readonly vars: Record<string, string>;

  constructor({ url, wsUrl, vars }: ServerPlace) {
    this.url = url;
    this.wsUrl = wsUrl;
    this.vars = vars;
  }

  get place(): ServerPlace {
    const { url, wsUrl, vars } = this;
    return { url, wsUrl, vars };
  }

  /** A token that this server accepts; `ttlSeconds` may be negative. */
  async token(sub: string, { ttlSeconds = 3600, ...rest }: TokenOptions = {}): Promise<string> {
    const token = await mintToken({ sub, ttlSeconds, ...rest }, { vars: this.vars });
    if (!token) throw new Error("The server has no secret.");
    return token;
  }
}
