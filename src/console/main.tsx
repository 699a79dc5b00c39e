import { render } from "preact";
import { App } from "./app";
import { withholdComposingKeys } from "./parts/composing-keys";
import { keepFilesOut } from "./room/files/drop-zone";

withholdComposingKeys(window);
keepFilesOut(window);

const place = document.getElementById("app");
if (place) render(<App />, place);
