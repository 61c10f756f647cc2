import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BoxRecord } from "../box-record.ts";

/**
 * The record of a box as its disk is. An engine that was killed in the middle of taking a snapshot has
 * named the layer and not made it: the box's own disk still has what was to be in it.
 *
 * @param data the engine's data folder
 */
export function recoverLayers(record: BoxRecord, data: string): BoxRecord {
  const [top, ...below] = record.layers;
  if (top === undefined || existsSync(join(data, "layers", top))) return record;
  return { ...record, layers: below };
}
