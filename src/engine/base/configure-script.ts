import { SLIRP } from "../driver/network/slirp.ts";
import { BOX_PATH } from "../environment.ts";
import { BOX_USER, WORKSPACE } from "../paths.ts";

/** What an installation in a box needs: nobody answers questions there, and disks are small. */
const APT = [
  'APT::Get::Assume-Yes "true";',
  'APT::Keep-Downloaded-Packages "false";',
  'Dir::Cache::pkgcache "";',
  'Dir::Cache::srcpkgcache "";',
  'Dpkg::Use-Pty "0";',
  'Dpkg::Options { "--force-confdef"; "--force-confold"; };',
];

const FILES: ReadonlyArray<readonly [path: string, mode: string, lines: readonly string[]]> = [
  ["etc/hostname", "644", ["box"]],
  // sudo looks its host's name up.
  ["etc/hosts", "644", ["127.0.0.1 localhost box", "::1 localhost ip6-localhost ip6-loopback"]],
  ["etc/resolv.conf", "644", [`nameserver ${SLIRP.nameServer}`]],
  ["etc/gitconfig", "644", ["[safe]", "\tdirectory = *"]],
  ["etc/apt/apt.conf.d/90box", "644", APT],
  [
    "etc/sudoers.d/box",
    "440",
    [
      `Defaults secure_path="${BOX_PATH.slice(1).join(":")}"`,
      `${BOX_USER.name} ALL=(ALL:ALL) NOPASSWD: ALL`,
    ],
  ],
];

/** Where the host's Node is bound in, and the commands of its packages (`findToolchain`). */
const NODE = [
  "mkdir -p opt/node/bin opt/node/lib/node_modules/npm opt/node/lib/node_modules/corepack",
  "touch opt/node/bin/node",
  "mkdir -p opt/harnesses",
  "ln -s ../lib/node_modules/npm/bin/npm-cli.js opt/node/bin/npm",
  "ln -s ../lib/node_modules/npm/bin/npx-cli.js opt/node/bin/npx",
  "ln -s ../lib/node_modules/corepack/dist/corepack.js opt/node/bin/corepack",
];

/**
 * The script that makes a box's root of a new Debian. Run by mmdebstrap as root of it, which is given as
 * the first parameter. No word in it comes from outside.
 */
export function configureScript(): string {
  return [
    "set -eu",
    'cd -- "$1"',
    `chroot . groupadd --gid ${BOX_USER.gid} ${BOX_USER.name}`,
    `chroot . useradd --create-home --home-dir ${BOX_USER.home} --shell /bin/bash --uid ${BOX_USER.uid} --gid ${BOX_USER.gid} ${BOX_USER.name}`,
    `mkdir -p .${WORKSPACE}`,
    `chown ${BOX_USER.uid}:${BOX_USER.gid} .${WORKSPACE}`,
    `ln -s ${WORKSPACE} work`,
    ...NODE,
    ...FILES.flatMap(([path, mode, lines]) => [
      // What was copied from the host may be a link there.
      `rm -f ${path}`,
      `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} >${path}`,
      `chmod ${mode} ${path}`,
    ]),
    "echo debconf debconf/frontend select Noninteractive | chroot . debconf-set-selections",
  ].join("\n");
}
