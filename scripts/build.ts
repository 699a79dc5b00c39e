// `npm run build`: the console, where what is built is not of the present sources.
import { ensureConsole } from "./console-build";

console.log((await ensureConsole()) ? "The console is built." : "The console is up to date.");
