import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Box, type Snapshot } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../../test/support/test-engine.ts";
import { interleave, type Times } from "../interleave.ts";
import { timed } from "../timed.ts";

/** 30 000 files of 10 kB. */
const MANY_FILES =
  "for folder in $(seq 30); do mkdir $folder; head -c 10000000 /dev/urandom | (cd $folder; split -b 10000 -a 3 -); done";
const MANY_FILES_BYTES = 300_000_000;
const ONE_FILE = "echo hi >file";

/** How often it is looked whether the engine has done what nobody waits for. */
const LOOK_MS = 50;

/** Taking a snapshot of an idle box with 30 000 files, and of one with a single file. */
export async function measureSnapshots(samples: number): Promise<Times> {
  await using engine = await testEngine();
  return await interleave({
    samples,
    subject: () => snapshotOf(engine, MANY_FILES, MANY_FILES_BYTES),
    baseline: () => snapshotOf(engine, ONE_FILE, 1),
  });
}

/** From asking for a box from a snapshot to its first output: of 30 000 files, and of a single one. */
export async function measureRestores(samples: number): Promise<Times> {
  await using engine = await testEngine();
  const large = await takeOf(engine, MANY_FILES, MANY_FILES_BYTES);
  const small = await takeOf(engine, ONE_FILE, 1);
  return await interleave({
    samples,
    subject: () => restoreOf(engine, large),
    baseline: () => restoreOf(engine, small),
  });
}

async function snapshotOf(engine: TestEngine, script: string, bytes: number): Promise<number> {
  const box = await filledBox(engine, script);
  let snapshot: Snapshot | undefined;
  const milliseconds = await timed(async () => {
    snapshot = await box.snapshot({ name: "bench" });
  });
  if (snapshot?.status !== "ready") throw new Error(`The snapshot is ${snapshot?.status}.`);
  // Counting it and removing it would go on while the next one is measured.
  await counted(box, bytes);
  await Box.deleteSnapshots(engine.connection);
  await box.delete();
  while ((await readdir(join(engine.data, "layers"))).length > 0) await setTimeout(LOOK_MS);
  return milliseconds;
}

async function takeOf(engine: TestEngine, script: string, bytes: number): Promise<string> {
  const box = await filledBox(engine, script);
  const { id } = await box.snapshot({ name: "bench" });
  await counted(box, bytes);
  await box.delete();
  return id;
}

async function restoreOf(engine: TestEngine, snapshot: string): Promise<number> {
  const started = performance.now();
  await using box = await Box.fromSnapshot(snapshot, engine.connection);
  const { result } = await box.exec.command("echo hi");
  const milliseconds = performance.now() - started;
  if (result !== "hi") throw new Error(`The box printed ${JSON.stringify(result)}.`);
  return milliseconds;
}

async function filledBox(engine: TestEngine, script: string): Promise<Box> {
  const box = await engine.box();
  const { exitCode, stderr } = await box.exec.command(script);
  if (exitCode !== 0) throw new Error(`The box could not be filled: ${stderr}`);
  return box;
}

async function counted(box: Box, bytes: number): Promise<void> {
  while (((await box.listSnapshots())[0]?.size_bytes ?? 0) < bytes) await setTimeout(LOOK_MS);
}
