import { randomBytes } from "node:crypto";
import { expect, inject } from "vitest";
import { TEST_BUILD } from "../../support/bundles";
import { DevServer } from "../../support/dev-server";
import { type ModelServer, startModelServer } from "../../support/model-server";
import type {} from "../../support/shared-servers";

type Parts = { server: DevServer; model: ModelServer };

/** A server whose runtime is killed again and again, with its model; each test leaves it at rest. */
export class Arena {
  #parts: Parts | undefined;

  get server(): DevServer {
    return this.#open.server;
  }

  get model(): ModelServer {
    return this.#open.model;
  }

  async open(): Promise<void> {
    const model = await startModelServer();
    const server = await DevServer.start({
      config: TEST_BUILD,
      bundle: inject("shared").bundles.testBuild,
      vars: {
        DEFAULT_MODEL_BASE_URL: model.url,
        DEFAULT_MODEL: "m-1",
        ALLOW_PRIVATE_TARGETS: "true",
        RETRY_INITIAL_MS: "1000",
        WEBHOOK_RETRY_INITIAL_MS: "1000",
        SECRETS_KEY: randomBytes(32).toString("base64"),
        SESSIONS_PER_USER: "100",
      },
    });
    this.#parts = { server, model };
  }

  /** Freezes the runtime where it next comes to the point for the `nth` time, kills it there, and starts it again. */
  async killAt(point: string, nth: number, act: () => void): Promise<void> {
    expect(await this.server.freezeAt([point, nth], act)).toBe(true);
    await this.server.killRuntime();
  }

  async close(): Promise<void> {
    await this.#parts?.server.stop();
    await this.#parts?.model.close();
  }

  get #open(): Parts {
    if (!this.#parts) throw new Error("The server has not started.");
    return this.#parts;
  }
}
