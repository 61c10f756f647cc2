import type { StepName } from "./events.ts";

/**
 * What a job has done so far, kept by whoever carries it out so that it outlasts the process. Everything
 * kept is JSON.
 */
export interface Journal {
  /** Whether the step has finished, perhaps in an earlier attempt. */
  has(name: StepName): boolean;
  /** Does a step, unless it has finished before: then its result is given back. */
  step<T>(name: StepName, work: () => Promise<T>): Promise<T>;
  /** Forgets steps and marks, because what they had made is gone. */
  forget(names: readonly string[]): Promise<void>;
  /** Says how far a step had come; undefined when nothing was marked. */
  mark(name: string): unknown;
  setMark(name: string, value: unknown): Promise<void>;
}

/** For a job that ends with its process, as in a workflow; the same object carries a job through twice. */
export function memoryJournal(): Journal {
  const steps = new Map<string, unknown>();
  const marks = new Map<string, unknown>();
  return {
    has: (name) => steps.has(name),
    async step<T>(name: StepName, work: () => Promise<T>): Promise<T> {
      if (!steps.has(name)) steps.set(name, await work());
      return steps.get(name) as T;
    },
    async forget(names) {
      for (const name of names) {
        steps.delete(name);
        marks.delete(name);
      }
    },
    mark: (name) => marks.get(name),
    async setMark(name, value) {
      marks.set(name, value);
    },
  };
}
