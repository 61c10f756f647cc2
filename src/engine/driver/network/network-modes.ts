import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Enforcement } from "../driver.ts";

/** How an operator gets boxes a way out. */
export const NETWORK_REMEDY =
  "install slirp4netns and iproute2 (sudo apt-get install slirp4netns iproute2), see that every user may " +
  "write to /dev/net/tun (in a container: --device /dev/net/tun), and start the engine again";

/** What can be enforced on this host, the default first, and a word on what is lacking. */
export async function networkModes(): Promise<{ modes: Enforcement["network"]; lacking?: string }> {
  const found = await Promise.all(["slirp4netns", "ip"].map(isOnPath));
  const tunnel = await access("/dev/net/tun", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (tunnel && found.every(Boolean)) return { modes: ["allow-all", "deny-all"] };
  const lacking = `Boxes reach nothing but themselves on this host; to give them a way out, ${NETWORK_REMEDY}.`;
  return { modes: ["deny-all"], lacking };
}

async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const tries = folders.map((folder) => access(join(folder, program), constants.X_OK));
  return Promise.any(tries).then(
    () => true,
    () => false,
  );
}
