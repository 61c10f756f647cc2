import { constants } from "node:os";
import { EngineError } from "../../engine-error.ts";

/**
 * The system calls that no program in a box needs and that widen what it can reach in the kernel:
 * making namespaces and mounts, loading code, keys, tracing across the machine, clocks.
 * Numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
 * `null`: the architecture never had the call.
 */
const DENIED: ReadonlyArray<readonly [name: string, x64: number | null, arm64: number | null]> = [
  ["acct", 163, 89],
  ["add_key", 248, 217],
  ["adjtimex", 159, 171],
  ["bpf", 321, 280],
  ["chroot", 161, 51],
  ["clock_adjtime", 305, 266],
  ["clock_settime", 227, 112],
  ["delete_module", 176, 106],
  ["fanotify_init", 300, 262],
  ["finit_module", 313, 273],
  ["fsconfig", 431, 431],
  ["fsmount", 432, 432],
  ["fsopen", 430, 430],
  ["fspick", 433, 433],
  ["init_module", 175, 105],
  ["ioperm", 173, null],
  ["iopl", 172, null],
  ["kexec_file_load", 320, 294],
  ["kexec_load", 246, 104],
  ["keyctl", 250, 219],
  ["lookup_dcookie", 212, 18],
  ["mount", 165, 40],
  ["mount_setattr", 442, 442],
  ["move_mount", 429, 429],
  ["name_to_handle_at", 303, 264],
  ["open_by_handle_at", 304, 265],
  ["open_tree", 428, 428],
  ["perf_event_open", 298, 241],
  ["pivot_root", 155, 41],
  ["quotactl", 179, 60],
  ["quotactl_fd", 443, 443],
  ["reboot", 169, 142],
  ["request_key", 249, 218],
  ["setdomainname", 171, 162],
  ["sethostname", 170, 161],
  ["setns", 308, 268],
  ["settimeofday", 164, 170],
  ["swapoff", 168, 225],
  ["swapon", 167, 224],
  ["syslog", 103, 116],
  ["umount2", 166, 39],
  ["unshare", 272, 97],
  ["uselib", 134, null],
  ["userfaultfd", 323, 282],
  ["vhangup", 153, 58],
  ["vmsplice", 278, 75],
];

/** Answered with ENOSYS, so that libraries fall back to the older call instead of giving up. */
const ABSENT: ReadonlyArray<readonly [name: string, x64: number, arm64: number]> = [
  // clone3 hides its flags behind a pointer, out of a filter's sight; glibc falls back to clone.
  ["clone3", 435, 435],
  // io_uring does its work outside the filter, and has been the way out of many sandboxes.
  ["io_uring_setup", 425, 425],
  ["io_uring_enter", 426, 426],
  ["io_uring_register", 427, 427],
];

const ARCHITECTURES = {
  x64: { audit: 0xc000003e, column: 1, clone: 56, socket: 41, ioctl: 16 },
  arm64: { audit: 0xc00000b7, column: 2, clone: 220, socket: 198, ioctl: 29 },
} as const;

/** Every CLONE_NEW* flag that a namespace can be made with (linux/sched.h). */
const CLONE_NEW_FLAGS = 0x7e020000;
/** TIOCSTI types into the terminal that started the engine; TIOCLINUX into a console's. */
const DENIED_IOCTLS = [0x5412, 0x541c];
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK; the other families are rarely tested kernel code. */
const SOCKET_FAMILIES = [1, 2, 10, 16];
/** On x64 the x32 ABI has this bit set in the number and would slip past every comparison. */
const X32_BIT = 0x40000000;

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const errno = (value: number): number => 0x00050000 | value;

/** `struct seccomp_data`: where the filter finds what it decides on; arguments are little-endian. */
const DATA = { number: 0, architecture: 4, argument: (index: number) => 16 + 8 * index };

/**
 * The classic BPF program for `bwrap --seccomp`: everything is allowed but what the tables name.
 * @throws EngineError on an architecture that has no table.
 */
export function seccompFilter(architecture: string = process.arch): Buffer {
  const target = ARCHITECTURES[architecture as keyof typeof ARCHITECTURES];
  if (target === undefined) {
    throw new EngineError(
      500,
      "sandbox_unavailable",
      `There is no system call filter for ${architecture}; run the engine on x64 or arm64, or use Upstash Box.`,
    );
  }
  const program = new Program();
  program.load(DATA.architecture).unlessEqual(target.audit, KILL);
  program.load(DATA.number);
  if (architecture === "x64") program.ifAnyBit(X32_BIT, errno(constants.errno.ENOSYS));
  for (const row of ABSENT) program.ifEqual(row[target.column], errno(constants.errno.ENOSYS));
  for (const row of DENIED) {
    const number = row[target.column];
    if (number !== null) program.ifEqual(number, errno(constants.errno.EPERM));
  }
  program.whenCalled(target.clone, (call) =>
    call.load(DATA.argument(0)).ifAnyBit(CLONE_NEW_FLAGS, errno(constants.errno.EPERM)),
  );
  program.whenCalled(target.ioctl, (call) => {
    call.load(DATA.argument(1));
    for (const request of DENIED_IOCTLS) call.ifEqual(request, errno(constants.errno.EPERM));
  });
  program.whenCalled(target.socket, (call) => {
    call.load(DATA.argument(0));
    for (const family of SOCKET_FAMILIES) call.ifEqual(family, ALLOW);
    call.always(errno(constants.errno.EAFNOSUPPORT));
  });
  return program.always(ALLOW).bytes();
}

/** Just enough of a classic BPF assembler (linux/filter.h) for a list of comparisons. */
class Program {
  readonly #instructions: Array<[code: number, jumpTrue: number, jumpFalse: number, k: number]> =
    [];

  load(offset: number): this {
    return this.#push(0x20, 0, 0, offset);
  }

  ifEqual(value: number, action: number): this {
    return this.#push(0x15, 0, 1, value).always(action);
  }

  unlessEqual(value: number, action: number): this {
    return this.#push(0x15, 1, 0, value).always(action);
  }

  ifAnyBit(mask: number, action: number): this {
    return this.#push(0x45, 0, 1, mask).always(action);
  }

  always(action: number): this {
    return this.#push(0x06, 0, 0, action);
  }

  /** Runs `body` for one system call only; the number is loaded again for what follows. */
  whenCalled(number: number, body: (call: Program) => void): this {
    const call = new Program();
    body(call);
    this.#push(0x15, 0, call.#instructions.length + 1, number);
    this.#instructions.push(...call.#instructions);
    return this.load(DATA.number);
  }

  bytes(): Buffer {
    const buffer = Buffer.alloc(this.#instructions.length * 8);
    this.#instructions.forEach(([code, jumpTrue, jumpFalse, k], index) => {
      buffer.writeUInt16LE(code, index * 8);
      buffer.writeUInt8(jumpTrue, index * 8 + 2);
      buffer.writeUInt8(jumpFalse, index * 8 + 3);
      buffer.writeUInt32LE(k >>> 0, index * 8 + 4);
    });
    return buffer;
  }

  #push(code: number, jumpTrue: number, jumpFalse: number, k: number): this {
    this.#instructions.push([code, jumpTrue, jumpFalse, k]);
    return this;
  }
}
