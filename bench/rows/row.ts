import type { SystemName, Target } from "../hosts/systems";
import type { Job } from "../load/main";

/** One system at one piece of work; all cells of a row take turns. */
export type Cell = {
  name: string;
  system: SystemName;
  /** A second server that takes part of the same work. */
  beside?: SystemName;
  job(target: Target, beside?: Target): Job;
};

export type Figure = {
  key: string;
  label: string;
  unit: "ms" | "µs" | "/s" | "s" | "KiB" | "×" | "";
  /** What the figure is compared with by default is the floor; higher is better only where said. */
  more?: boolean;
};

/** What Taskroom is to reach, in the same run: its figure over another cell's, or by itself. */
export type Goal = {
  says: string;
  cell: string;
  figure: string;
  over?: { cell: string; figure?: string };
  most?: number;
  least?: number;
  /** Added to what it is measured against; in the figure's unit. */
  plus?: number;
};

export type Row = {
  id: string;
  title: string;
  /** One or two sentences for the document. */
  about: string;
  cells: Cell[];
  figures: Figure[];
  goals: Goal[];
  warmUps: number;
  /** Rounds where it needs no more, since it counts or takes long. */
  rounds?: number;
  /** Takes too long for the short form, where it is not asked for by name. */
  slow?: boolean;
};

/** A row's size: the whole measurement, or what fits into three minutes for all rows. */
export type Scale = "full" | "quick";
