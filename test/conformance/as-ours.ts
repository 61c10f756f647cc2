import type { Box } from "../../src/box/index.ts";
import type { TargetBox } from "./target.ts";

/** The same box by the types of our SDK, for what the original's do not have. */
export function asOurs(box: TargetBox): Box {
  return box as unknown as Box;
}
