/** For a dependency of `agents` that asks for it under its old name. */
export { extname } from "node:path";
