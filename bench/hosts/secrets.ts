/** With which Taskroom runs here; the load generator signs tokens with it. */
export const JWT_SECRET = "benchmark-secret-benchmark-secret-0123456789";
