import { spawnSync } from "node:child_process";
import { dirname } from "node:path";

/**
 * boxd as the first process of a throw-away box: the host read-only, /tmp its own. What a fuzzer
 * makes up (REMOVE of /, SIGNAL to anybody) must reach nothing else.
 */
export function boxed(boxd: string): string[] {
  return [
    ...["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--as-pid-1"],
    ...["--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
    ...[
      "--cap-drop",
      "ALL",
      "--tmpfs",
      "/tmp",
      "--ro-bind",
      dirname(boxd),
      "/tmp/bin",
      "--chdir",
      "/tmp",
    ],
    ...["--setenv", "ASAN_OPTIONS", "exitcode=99:detect_leaks=0"],
    ...["--setenv", "UBSAN_OPTIONS", "exitcode=99:halt_on_error=1"],
    `/tmp/bin/${boxd.slice(dirname(boxd).length + 1)}`,
  ];
}

/** Whether this machine can make such a box at all. */
export function canBox(): boolean {
  const [program = "", ...rest] = boxed("/bin/true");
  return spawnSync(program, rest, { stdio: "ignore" }).status === 0;
}
