import { execFile } from "node:child_process";
import { type Dir, lstatSync, opendirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LayerSize } from "../driver.ts";
import { readingAll } from "./reading-all.ts";
import { RootLayers } from "./root-layers.ts";

/** Entries that are counted at once, synchronously: two or three milliseconds. */
const AT_ONCE = 100;
/** What `st_blocks` counts in. */
const BLOCK_BYTES = 512;

/** What a layer takes on the disk: of a small one at once, of a large one by `du`, out of everybody's way. */
export function layerSize(layer: string, isRoot: boolean): LayerSize {
  const { bytes, isWhole } = countSome(layer);
  return isWhole ? { bytes } : { bytes, count: () => countAll(layer, isRoot) };
}

function countSome(layer: string): { bytes: number; isWhole: boolean } {
  let bytes = 0;
  let left = AT_ONCE;
  const linked = new Set<number>();
  const folders: string[] = [];
  const add = (path: string) => {
    const stat = lstatSync(path);
    if (stat.isDirectory()) folders.push(path);
    else if (stat.nlink > 1 && linked.has(stat.ino)) return;
    else if (stat.nlink > 1) linked.add(stat.ino);
    bytes += stat.blocks * BLOCK_BYTES;
  };
  add(layer);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let open: Dir;
    try {
      open = opendirSync(folder);
    } catch {
      // Closed to its owner.
      return { bytes, isWhole: false };
    }
    try {
      for (let entry = open.readSync(); entry !== null; entry = open.readSync()) {
        if (left-- === 0) return { bytes, isWhole: false };
        add(join(folder, entry.name));
      }
    } finally {
      open.closeSync();
    }
  }
  return { bytes, isWhole: true };
}

async function countAll(layer: string, isRoot: boolean): Promise<number> {
  const du = ["nice", "du", "--summarize", "--block-size=1", "--", layer];
  const [program = "", ...rest] = [...readingAll(isRoot, RootLayers.isOne(layer)), ...du];
  const env = { PATH: process.env.PATH, LC_ALL: "C" };
  const { stdout } = await promisify(execFile)(program, rest, { env, cwd: "/" });
  return Number.parseInt(stdout, 10);
}
