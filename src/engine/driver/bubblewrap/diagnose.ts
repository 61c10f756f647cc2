import { EngineError } from "../../engine-error.ts";
import { NETWORK_REMEDY } from "../network/network-modes.ts";

/** What bwrap or the kernel says when a box cannot be made, and what to do about it. */
const CAUSES: ReadonlyArray<{ pattern: RegExp; reason: string; remedy: string }> = [
  {
    pattern: /(unshare|\bsh) ENOENT/,
    reason: "util-linux is not installed, or not on the engine's PATH",
    remedy: "install it: sudo apt-get install util-linux",
  },
  {
    pattern: /unrecognized option '--map-auto'/,
    reason: "util-linux is too old for boxes on a Debian base without root",
    remedy: "take a host with util-linux 2.38 (Debian 12, Ubuntu 24.04), or run the engine as root",
  },
  {
    pattern: /ENOENT.*bwrap|bwrap.*ENOENT|bwrap: not found/,
    reason: "bubblewrap is not installed",
    remedy: "install it: sudo apt-get install bubblewrap",
  },
  {
    pattern: /ENOENT.*slirp4netns|slirp4netns.*ENOENT|\/dev\/net\/tun/,
    reason: "it cannot be given a way out",
    remedy: NETWORK_REMEDY,
  },
  {
    pattern: /No space left on device|ENOSPC/,
    reason: "the host ran out of disk space or of user namespaces",
    remedy: "free disk space; then see `sysctl user.max_user_namespaces` (0 forbids boxes)",
  },
  {
    pattern:
      /setting up uid map: Permission denied|loopback: Failed RTM_NEWADDR|uid_map: (Permission denied|Operation not permitted)|RTNETLINK answers: Operation not permitted/,
    reason: "AppArmor restricts user namespaces on this host (Ubuntu 23.10 and later)",
    remedy: "run: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
  },
  {
    pattern:
      /No permissions to create( a)? new namespace|Creating new namespace failed|unshare failed|Operation not permitted/,
    reason: "user namespaces are forbidden for this user",
    remedy:
      "allow them: sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000; " +
      "in a container, run it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined",
  },
  {
    pattern: /Can't (find source path|mkdir|create file|mount|bind)/,
    reason: "a folder of the box cannot be reached by the box's user",
    remedy:
      "put the data folder where every user may pass (chmod o+x on its parents), or choose another with --data",
  },
];

/**
 * Turns bwrap's words into the exact reason and what to do about it.
 * @param said what bwrap printed, or the error of starting it
 */
export function diagnose(said: string, cause?: unknown): EngineError {
  const found = CAUSES.find(({ pattern }) => pattern.test(said));
  const detail = said.trim().split("\n").slice(-3).join(" ").slice(0, 500) || "no output";
  const text = found
    ? `A box cannot be made: ${found.reason} (${detail}). To mend it, ${found.remedy}.`
    : `A box cannot be made: ${detail}. Try \`bwrap --unshare-all --ro-bind / / true\` by hand to see why, or set UPSTASH_BOX_API_KEY to use Upstash Box.`;
  return new EngineError(503, "sandbox_unavailable", text, { cause });
}
