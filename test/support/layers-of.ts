import { readdirSync } from "node:fs";
import { join } from "node:path";

/** What lies in an engine's folder of layers, half-made ones too. */
export function layersOf({ data }: { data: string }): string[] {
  return readdirSync(join(data, "layers")).sort();
}
