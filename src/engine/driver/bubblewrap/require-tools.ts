import { EngineError } from "../../engine-error.ts";
import { BOX_PATH } from "../../environment.ts";
import { runtimeTools } from "../../runtimes.ts";
import type { RootLayout } from "./arguments.ts";
import { resolveInRoot } from "./resolve-in-root.ts";
import type { Toolchain } from "./toolchain.ts";

/** What new boxes are made of. */
export interface BoxRoot {
  /** The base's root; undefined: the host's own `/usr`. */
  base: string | undefined;
  layout: RootLayout;
  toolchain: Toolchain;
}

/**
 * Refuses a runtime whose programs a new box would not find. A few system calls, so that what was
 * installed meanwhile counts at once.
 * @throws EngineError 400 `runtime_unavailable` naming the programs and how to get them
 */
export function requireTools(runtime: string, root: BoxRoot): void {
  const { programs, packages } = runtimeTools(runtime);
  const missing = programs.filter((program) => !isThere(program, root));
  if (missing.length === 0) return;
  const remedy =
    root.base === undefined
      ? `install them on the engine's host (sudo apt-get install ${packages.join(" ")}) and try again`
      : `build another base (box-action engine base build --include ${packages.join(",")}) and try again`;
  throw new EngineError(
    400,
    "runtime_unavailable",
    `runtime: boxes of this engine have no ${missing.join(" and no ")}, which ${runtime} needs; ${remedy}.`,
  );
}

function isThere(program: string, { base, layout, toolchain }: BoxRoot): boolean {
  const bound = [...toolchain.binds, ...toolchain.links].map((one) =>
    "path" in one ? one.path : one.target,
  );
  return BOX_PATH.some((folder) => {
    const path = `${folder}/${program}`;
    if (bound.includes(path)) return true;
    const found = resolveInRoot(base ?? "/", path);
    if (found === undefined || !found.stat.isFile() || (found.stat.mode & 0o111) === 0)
      return false;
    return base !== undefined || isSeen(found.path, layout);
  });
}

/** Of the host's files a box has `/usr` and what stands beside it for the same purpose. */
function isSeen(path: string, layout: RootLayout): boolean {
  return ["usr", ...layout.directories].some((folder) => path.startsWith(`/${folder}/`));
}
