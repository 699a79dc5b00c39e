import type { D1Migration } from "@cloudflare/vitest-pool-workers";

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[];
      AUTH_JWT_SECRET: string;
      SMALL_RATE_LIMIT: RateLimit;
    }
  }
}
