import { afterAll, beforeAll, expect, it } from "vitest";
import type { NewJobEvent } from "../../src/core/events.ts";
import { findRun } from "../../src/core/find-run.ts";
import { memoryJournal } from "../../src/core/journal.ts";
import type { JobPorts } from "../../src/core/ports.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await testEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

function ports(signal = new AbortController().signal) {
  const events: NewJobEvent[] = [];
  const emit = (event: NewJobEvent) => void events.push(event);
  return { events, ports: { signal, emit, journal: memoryJournal() } as unknown as JobPorts };
}

it("a run that goes on for too long is given back as it is, and one that is not there is null", async () => {
  const box = await engine.box();
  await using run = await box.exec.stream("sleep 60");
  const { events, ports: given } = ports();
  const found = await findRun(box, given, -1, ({ id }) => id === run.id);
  expect(found).toMatchObject({ id: run.id, status: "running" });
  expect(events).toEqual([{ type: "run-found", runId: run.id }]);
  expect(await findRun(box, given, -1, ({ id }) => id === "another")).toBeNull();
  await run.cancel();
});

it("waiting for a run ends at once with the job", async () => {
  const box = await engine.box();
  await using run = await box.exec.stream("sleep 60");
  const control = new AbortController();
  const { ports: given } = ports(control.signal);
  const found = findRun(box, given, 60_000, ({ id }) => id === run.id);
  control.abort(new Error("stopped"));
  await expect(found).rejects.toThrow();
  await run.cancel();
});
