import { spawn } from "node:child_process";
import { once } from "node:events";

/** 400 MB over a slow line. */
const LIMIT_MS = 15 * 60_000;
/** Enough of npm's words for the reason of a failure. */
const SAID_CHARACTERS = 4_000;

/**
 * Puts a package and what it needs into a folder, with npm and its configuration. None of the package's
 * scripts run.
 * @throws Error with npm's own words
 */
export async function npmInstall(folder: string, spec: string): Promise<void> {
  const npm = [
    ...["npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"],
    ...["--no-package-lock", "--loglevel=error", spec],
  ];
  // The boxes' users read it, whatever the umask of the service.
  const child = spawn("sh", ["-c", 'umask 022 && exec "$@"', "sh", ...npm], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: LIMIT_MS,
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-SAID_CHARACTERS);
  });
  const [code, signal] = await once(child, "close");
  if (code === 0) return;
  const reason = said
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, "").trim())
    .filter((line) => line !== "" && !/^A complete log|_logs/.test(line))
    .slice(0, 3)
    .join(" ");
  throw new Error(reason || `npm ended with ${code ?? signal}`);
}
