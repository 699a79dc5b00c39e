import type { Board } from "../../protocol/operator/board";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, {
  ...{ weekday: "short", hour: "2-digit", minute: "2-digit" },
});

/** When a part of the board's window began; with its day where there is more than one. */
export function partText({ times, window }: Board, index: number): string {
  const time = times[index];
  if (time === undefined) return "";
  return (window === "hour" ? TIME : DAY_AND_TIME).format(Date.parse(time));
}
