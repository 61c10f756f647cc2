import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { basesFolder, listBases } from "../../src/engine/base/bases.ts";
import { buildBase } from "../../src/engine/base/build-base.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Its lists of packages grow old: Debian removes what it has replaced. */
const KEPT_DAYS = 3;

/** What a test that calls `useBase` must allow for: the first one builds it, and others wait. */
export const BASE_LIMIT_MS = 400_000;

/**
 * Gives a data folder a real base: one that all tests share, in `node_modules/.cache`, built when it is
 * not there or when what it is built by has changed.
 * @returns its id
 */
export async function useBase(data: string): Promise<string> {
  const shared = join(root, "node_modules", ".cache", "box-action-base", await key());
  await mkdir(shared, { recursive: true });
  await mkdir(data, { recursive: true });
  const id = await build(shared);
  await symlink(basesFolder(shared), basesFolder(data));
  return id;
}

async function build(shared: string): Promise<string> {
  for (;;) {
    const [base] = listBases(shared);
    if (base !== undefined && Date.now() - base.created_at < KEPT_DAYS * 86_400_000) return base.id;
    try {
      return (await buildBase({ data: shared, stderr: "ignore" })).id;
    } catch (error) {
      if ((error as { code?: string }).code !== "base_in_work") throw error;
      // Another test file is at it; nothing tells when it is done.
      await setTimeout(1_000);
    }
  }
}

async function key(): Promise<string> {
  const folder = join(root, "src", "engine", "base");
  const hash = createHash("sha256").update(String(process.getuid?.()));
  for (const name of (await readdir(folder)).sort())
    hash.update(await readFile(join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}
