import { lstat, readlink } from "node:fs/promises";
import type { RootLayout } from "./arguments.ts";

/** How this host's root is made up. */
export async function rootLayout(): Promise<RootLayout> {
  const links: Array<[string, string]> = [];
  const directories: string[] = [];
  for (const name of ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]) {
    const stat = await lstat(`/${name}`).catch(() => null);
    if (stat?.isSymbolicLink()) links.push([name, await readlink(`/${name}`)]);
    else if (stat?.isDirectory()) directories.push(name);
  }
  return { links, directories };
}
