/** The directory that a box works in, and the one that folders on the wire are relative to. */
export const WORKSPACE = "/workspace/home";

/** An absolute path without `.` and `..`, of `path` as seen from `cwd`. Paths in a box are POSIX. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The `folder` of a request: relative to {@link WORKSPACE}, absent at it, absolute outside. */
export function toFolder(absolute: string): string | undefined {
  if (absolute === WORKSPACE) return undefined;
  const prefix = `${WORKSPACE}/`;
  return absolute.startsWith(prefix) ? absolute.slice(prefix.length) : absolute;
}
