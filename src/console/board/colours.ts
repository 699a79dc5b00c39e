import { useEffect, useState } from "preact/hooks";

/** What charts are drawn with, which styles can't reach: a canvas has pixels only. */
export type Colours = { lines: string[]; text: string; grid: string };

const LINES = ["a", "b", "c", "d", "e", "f"];
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Those of the theme that is on, also when it changes. */
export function useColours(): Colours {
  const [colours, setColours] = useState(read);
  useEffect(() => {
    const change = () => setColours(read());
    dark.addEventListener("change", change);
    return () => dark.removeEventListener("change", change);
  }, []);
  return colours;
}

function read(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    lines: LINES.map((line) => of(`--chart-${line}`)),
    text: of("--quiet"),
    grid: of("--line"),
  };
}

/** Past the colours there are, lines begin with the first again, dashed. */
export function strokeOf({ lines }: Colours, index: number) {
  const dash = index >= lines.length ? [6, 4] : undefined;
  return { stroke: lines[index % lines.length] ?? "", ...(dash && { dash }) };
}
