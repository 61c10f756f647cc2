import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../../src/engine/driver/bubblewrap/remove-tree.ts";

/** A folder that is gone at the end of the block; boxes of a root engine may pass through it. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "box-action-test-"));
  await chmod(path, 0o711);
  return { path, [Symbol.asyncDispose]: () => removeTree(path) };
}
