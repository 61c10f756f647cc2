import { expect, it } from "vitest";
import { EditBudget } from "../../src/app/edit-budget.ts";

const HOUR = 3_600_000;

it("many jobs of an installation together stay below what GitHub allows it in an hour", () => {
  let now = 0;
  const budget = new EditBudget(() => now);
  const jobs = Array.from({ length: 20 }, () => budget.of(1));
  const due = jobs.map(() => 0);
  let edits = 0;
  // Each would edit every three seconds.
  for (; now < 2 * HOUR; now += 1_000) {
    for (const [job, pace] of jobs.entries()) {
      if (now < (due[job] ?? 0)) continue;
      const pause = pace();
      if (pause === 0 && now >= HOUR) edits++;
      due[job] = now + Math.max(3_000, pause);
    }
  }
  expect(edits).toBeLessThanOrEqual(400);
  expect(edits).toBeGreaterThan(300);
});

it("the jobs of one installation do not slow those of another", () => {
  const budget = new EditBudget(() => 0);
  const [busy, quiet] = [budget.of(1), budget.of(2)];
  while (busy() === 0);
  expect(busy()).toBeGreaterThan(0);
  expect(quiet()).toBe(0);
});
