// `npm run build`: the console and the API's pages, where what is built is not of the present sources.
import { ensureSite } from "./site-build";

console.log((await ensureSite()) ? "The site is built." : "The site is up to date.");
