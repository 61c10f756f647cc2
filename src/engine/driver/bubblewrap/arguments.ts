import { join } from "node:path";
import { BOX_USER, HARNESSES_IN_BOX, WORKSPACE } from "../../paths.ts";
import { DISK, type HostFiles } from "./host-files.ts";
import type { Toolchain } from "./toolchain.ts";

/** The descriptor numbers that the box's supervisor, bwrap and what stands before it find open. */
export const DESCRIPTORS = { boxd: 3, filter: 4, staged: 5 } as const;

/** Where the supervisor stands in a box. */
const BOXD = "/run/box/boxd";

/** Directories at the root that Debian has as links into /usr, and others may not. */
export interface RootLayout {
  links: ReadonlyArray<readonly [name: string, target: string]>;
  directories: readonly string[];
}

/**
 * The bwrap command line of a box. Only what is named here exists in it: no /root, no /home of the
 * host, no /var, no sockets, no environment.
 */
export function bubblewrapArguments(options: {
  disk: string;
  files: HostFiles;
  layout: RootLayout;
  toolchain: Toolchain;
  /** The folder of the agents' programs on the host. */
  harnesses: string;
  /** Whether bwrap makes the network namespace; else it stands in one already. */
  unshareNetwork: boolean;
}): string[] {
  const { disk, files, layout, toolchain, harnesses, unshareNetwork } = options;
  return [
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    ...(unshareNetwork ? ["--unshare-net"] : []),
    "--unshare-cgroup-try",
    ...["--uid", String(BOX_USER.uid), "--gid", String(BOX_USER.gid)],
    ...["--hostname", "box"],
    "--as-pid-1",
    "--die-with-parent",
    "--new-session",
    ...["--cap-drop", "ALL"],
    "--clearenv",
    ...["--ro-bind", "/usr", "/usr"],
    ...layout.links.flatMap(([name, target]) => ["--symlink", target, `/${name}`]),
    ...layout.directories.flatMap((name) => ["--ro-bind", `/${name}`, `/${name}`]),
    ...["--ro-bind", files.etc, "/etc"],
    ...["--proc", "/proc"],
    ...["--dev", "/dev"],
    ...["--ro-bind", files.boxd, BOXD],
    ...["--ro-bind", files.programs, "/run/box/bin"],
    ...toolchain.binds.flatMap(({ source, target }) => ["--ro-bind", source, target]),
    ...["--ro-bind", harnesses, HARNESSES_IN_BOX],
    ...toolchain.links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...Object.entries(DISK).flatMap(([part, target]) => ["--bind", join(disk, part), target]),
    ...["--symlink", "/tmp", "/var/tmp"],
    // The documents of the API write below /work; the SDK's root is /workspace/home.
    ...["--symlink", WORKSPACE, "/work"],
    ...["--remount-ro", "/"],
    ...["--chdir", WORKSPACE],
    ...["--seccomp", String(DESCRIPTORS.filter)],
    "--",
    BOXD,
    "--fd",
    String(DESCRIPTORS.boxd),
  ];
}
