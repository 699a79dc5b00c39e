// What packages get for "zod/v4" in the bundle (`alias` in wrangler.toml). They ask for `z`, an object
// of all that zod has; with it come its messages in sixty languages.
export * from "./zod-names";
export * as z from "./zod-names";
