// The locked node strips types; it needs help only with our imports, which leave `.ts` out.
import { registerHooks } from "node:module";

const own = new URL("..", import.meta.url).href;
registerHooks({
  resolve(specifier, context, next) {
    const from = context.parentURL ?? "";
    const ours = from.startsWith(own) && !from.includes("/node_modules/");
    const bare = specifier.startsWith(".") && !/\.[a-z]+$/.test(specifier);
    return next(ours && bare ? `${specifier}.ts` : specifier, context);
  },
});
