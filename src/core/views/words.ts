import type { StepName } from "../events.ts";

/** What a step is doing, in the words of every view. */
export const STEP_WORDS: Record<StepName, { doing: string; noun: string }> = {
  acknowledge: { doing: "starting", noun: "Start" },
  prepare: { doing: "preparing the box", noun: "Prepare" },
  agent: { doing: "working in the box", noun: "Work" },
  verify: { doing: "running the tests", noun: "Test" },
  collect: { doing: "collecting the changes", noun: "Collect" },
  publish: { doing: "pushing", noun: "Push" },
  settle: { doing: "finishing", noun: "Finish" },
};

/** `850 ms`, `12 s`, `3 min 4 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(Math.max(0, milliseconds) / 1000);
  if (milliseconds < 1000) return `${Math.round(Math.max(0, milliseconds))} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** US dollars: cents from one cent on, four digits below, so that small costs are not called free. */
export function money(dollars: number): string {
  return dollars > 0 && dollars < 0.01 ? `$${dollars.toFixed(4)}` : `$${dollars.toFixed(2)}`;
}

/** `1 file`, `3 files`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
