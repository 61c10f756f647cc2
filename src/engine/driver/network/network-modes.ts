import { access, constants, stat } from "node:fs/promises";
import { isOnPath } from "../../is-on-path.ts";
import type { Enforcement } from "../driver.ts";

/** How an operator gets boxes a way out. */
export const NETWORK_REMEDY =
  "install slirp4netns and iproute2 (sudo apt-get install slirp4netns iproute2), see that every user may " +
  "write to /dev/net/tun (chmod 666 /dev/net/tun; in a container: --device /dev/net/tun), and start the engine again";

/**
 * What can be enforced on this host, the default first, and a word on what is lacking.
 * @param separateUsers whether boxes run as other users than the engine's own
 */
export async function networkModes(
  separateUsers: boolean,
  device = "/dev/net/tun",
): Promise<{ modes: Enforcement["network"]; lacking?: string }> {
  const found = await Promise.all(["slirp4netns", "ip"].map(isOnPath));
  const tunnel = await (separateUsers ? isOpenToAll(device) : isOpenToMe(device));
  if (tunnel && found.every(Boolean)) return { modes: ["allow-all", "deny-all"] };
  const lacking = `Boxes reach nothing but themselves on this host; to give them a way out, ${NETWORK_REMEDY}.`;
  return { modes: ["deny-all"], lacking };
}

async function isOpenToMe(device: string): Promise<boolean> {
  return access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Root may open every file, so asking the kernel says nothing about the boxes' users. */
async function isOpenToAll(device: string): Promise<boolean> {
  const { mode } = await stat(device).catch(() => ({ mode: 0 }));
  return (mode & 0o006) === 0o006;
}
