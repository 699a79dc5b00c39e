import { render } from "preact";
import { App } from "./app";
import { withholdComposingKeys } from "./parts/composing-keys";

withholdComposingKeys(window);

const place = document.getElementById("app");
if (place) render(<App />, place);
