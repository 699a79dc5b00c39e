// Loaded before wrangler: it ends with whoever started it, who holds its stdin open while they live.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
