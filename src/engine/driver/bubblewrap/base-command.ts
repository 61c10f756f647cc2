import { asBaseRoot } from "../../base/as-base-root.ts";
import { BASE_USERS } from "../../base/base-users.ts";
import { BOX_USER, HARNESSES_IN_BOX } from "../../paths.ts";
import { networkStep } from "../network/network-step.ts";
import { DESCRIPTORS } from "./arguments.ts";
import type { MountedDisk } from "./layers.ts";
import { stage } from "./stage.ts";
import type { Toolchain } from "./toolchain.ts";

/** `boxd` is the first process of the last of them, and ends with whoever waits for it. */
const NAMESPACES = [
  ...["--mount", "--propagation", "private"],
  ...["--net", "--pid", "--ipc", "--uts", "--cgroup", "--fork", "--kill-child"],
];

/**
 * What root of a box may do beyond being the owner of files, and no program of the box ever more than
 * that: what `apt`, `dpkg` and `sudo` need, and ports below 1024. Not among them are those over the
 * network, mounts, devices, other users' processes' memory and the kernel. Numbers: linux/capability.h.
 */
const CAPABILITIES = {
  CHOWN: 0,
  DAC_OVERRIDE: 1,
  FOWNER: 3,
  FSETID: 4,
  KILL: 5,
  SETGID: 6,
  SETUID: 7,
  NET_BIND_SERVICE: 10,
} as const;

/**
 * The command line of a box on a base. bwrap sets no_new_privs, with which no setuid program works, so
 * the namespaces are made by `unshare`, and the rest by `boxd` itself: it enters the root, loads the
 * filter, gives up all capabilities but those above, and becomes the box's user.
 */
export function baseCommand(options: {
  isRoot: boolean;
  disk: MountedDisk;
  boxd: string;
  toolchain: Toolchain;
  /** The folder of the agents' programs on the host. */
  harnesses: string;
  /** Networks to close; undefined: the box has no way out that could be opened. */
  closed: readonly string[] | undefined;
}): { argv: string[]; variables: Record<string, string> } {
  const { isRoot, disk, boxd, toolchain, harnesses, closed } = options;
  const steps = closed === undefined ? [] : [networkStep(closed, BASE_USERS.count - 1)];
  const staged = stage(
    steps.map(({ script, variables }) => ({ unshare: [], script, variables })),
    [
      ...[boxd, "--fd", String(DESCRIPTORS.boxd)],
      ...["--root", disk.path, "--hostname", "box"],
      ...toolchain.binds.flatMap(({ source, target }) => ["--bind", source, target]),
      ...["--bind", harnesses, HARNESSES_IN_BOX],
      ...["--seccomp", String(DESCRIPTORS.filter), "--capabilities", capabilityMask()],
      ...["--user", `${BOX_USER.uid}:${BOX_USER.gid}`],
    ],
    NAMESPACES,
  );
  // Others than root are that root already, since they could not mount the disk otherwise.
  const argv = isRoot ? [...asBaseRoot(isRoot, boxd), ...staged.argv] : staged.argv;
  return { argv, variables: staged.variables };
}

function capabilityMask(): string {
  const mask = Object.values(CAPABILITIES).reduce(
    (sum, number) => sum | (1n << BigInt(number)),
    0n,
  );
  return mask.toString(16);
}
