import { chmod, copyFile, cp, lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BOX_USER, WORKSPACE } from "../../paths.ts";
import { SLIRP } from "../network/slirp.ts";
import { seccompFilter } from "./seccomp.ts";

/** What all boxes of an engine share, made once at start below the engine's data folder. */
export interface HostFiles {
  /** Bound read-only as `/etc`. */
  etc: string;
  /** The supervisor, where the boxes' user may read it. */
  boxd: string;
  /** Programs of the engine's own, on the PATH of boxes that stand on no base. */
  programs: string;
  /** The compiled system call filter. */
  filter: string;
}

/** Configuration of programs, nothing of the host's people, keys or addresses. */
const COPIED_FROM_ETC = [
  "alternatives",
  "ca-certificates.conf",
  "debian_version",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "lsb-release",
  "magic",
  "mime.types",
  "os-release",
  "profile",
  "protocols",
  "services",
  "ssl/certs",
  "ssl/openssl.cnf",
  "terminfo",
  "timezone",
];

const WRITTEN_TO_ETC = {
  passwd: [
    "root:x:0:0:root:/root:/usr/sbin/nologin",
    `${BOX_USER.name}:x:${BOX_USER.uid}:${BOX_USER.gid}:Box:${BOX_USER.home}:/bin/bash`,
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
  ],
  group: ["root:x:0:", `${BOX_USER.name}:x:${BOX_USER.gid}:`, "nogroup:x:65534:"],
  hosts: ["127.0.0.1 localhost box", "::1 localhost ip6-localhost ip6-loopback"],
  hostname: ["box"],
  "nsswitch.conf": ["passwd: files", "group: files", "hosts: files dns"],
  // In every box, since its network may be opened while it runs; without a way out it fails at once.
  "resolv.conf": [`nameserver ${SLIRP.nameServer}`],
  // A clone made by the engine's own step must not be refused because of who owns the folder.
  gitconfig: ["[safe]", "\tdirectory = *"],
};

/** There is nobody to become: a box that stands on the host's own `/usr` has one user. */
const SUDO = `#!/bin/sh
echo "sudo: this box shares the /usr of its host, read-only, and has no root. Boxes in which sudo apt-get install" >&2
echo "works stand on a Debian base of their own: whoever runs the engine builds one with" >&2
echo "  box-action engine base build" >&2
echo "and boxes that are created afterwards stand on it." >&2
exit 1
`;

/**
 * Makes the shared files. The data folder stays closed to other users of the host: they may pass
 * through (the boxes' users must), not look.
 */
export async function makeHostFiles(data: string, boxdProgram: string): Promise<HostFiles> {
  const root = join(data, "shared");
  await rm(root, { recursive: true, force: true });
  const files = {
    etc: join(root, "etc"),
    boxd: join(root, "boxd"),
    programs: join(root, "programs"),
    filter: join(root, "seccomp.bpf"),
  };
  await mkdir(files.etc, { recursive: true });
  await chmod(root, 0o711);
  await chmod(files.etc, 0o755);
  for (const name of COPIED_FROM_ETC)
    await copyIfPresent(join("/etc", name), join(files.etc, name));
  for (const [name, lines] of Object.entries(WRITTEN_TO_ETC)) {
    await writeReadable(join(files.etc, name), lines.map((line) => `${line}\n`).join(""));
  }
  await mkdir(files.programs);
  await chmod(files.programs, 0o755);
  await writeReadable(join(files.programs, "sudo"), SUDO);
  await chmod(join(files.programs, "sudo"), 0o755);
  await copyFile(boxdProgram, files.boxd);
  await chmod(files.boxd, 0o755);
  await writeFile(files.filter, seccompFilter());
  return files;
}

async function copyIfPresent(from: string, to: string): Promise<void> {
  const stat = await lstat(from).catch(() => null);
  if (stat === null) return;
  await mkdir(dirname(to), { recursive: true });
  await chmod(dirname(to), 0o755);
  // Symbolic links are copied as such: those below /etc/alternatives point into /usr.
  if (stat.isDirectory()) await cp(from, to, { recursive: true, verbatimSymlinks: true });
  else await writeReadable(to, await readFile(from));
}

/** Whatever the umask says: the boxes' users are others than a root engine's. */
async function writeReadable(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content);
  await chmod(path, 0o644);
}

/** The parts of a box's disk: folder on the host → mount point in the box. */
export const DISK = {
  workspace: WORKSPACE,
  home: BOX_USER.home,
  tmp: "/tmp",
} as const;
