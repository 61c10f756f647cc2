import type { Random } from "./random.ts";
import { field, frame } from "./wire.ts";

const PATHS = [
  "/tmp/a",
  "/tmp/d/e/f",
  "/tmp/d",
  "/tmp",
  "/",
  "/usr/bin",
  "/proc/self/status",
  "",
  "/dev/ptmx",
  "a/../b",
  "/tmp/fifo",
];
/** Where LISTEN listens, and what comes there: half of them reset at once. */
const OWN_PORT = 7778;
const CALLERS = `my $p = shift; alarm 5;
for my $i (0 .. 9) {
  my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $p) or next;
  setsockopt $c, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0) if $i % 2;
  syswrite $c, "y" x 50_000;
  sysread $c, my $b, 100 if $i % 3;
}`;
/** What DIAL finds now and then: it greets, says back what it hears, and resets every other caller. */
const PORT = 7777;
const SERVER = `my $s = IO::Socket::INET->new(LocalPort => shift, Listen => 5, ReuseAddr => 1) or exit;
alarm 5;
for (my $i = 0; my $c = $s->accept; $i++) {
  syswrite $c, "x" x 100_000;
  setsockopt $c, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0) if $i % 2;
  if (sysread $c, my $b, 100) { syswrite $c, $b }
  close $c;
}`;
const COMMANDS = [
  ["/bin/true"],
  ["/bin/cat"],
  ["/bin/sh", "-c", "echo a; echo b >&2; sleep 0.01"],
  ["/bin/sh", "-c", "yes & (setsid sleep 5 &) exit 3"],
  ["/bin/sh", "-c", "mkfifo fifo; mkdir -p d/e/f; kill -9 $$"],
  ["/bin/sh", "-c", "head -c 3000000 /dev/zero"],
  ["yes"],
  ["sleep", "5"],
  ["perl", "-MIO::Socket::INET", "-e", SERVER, String(PORT)],
  ["perl", "-MIO::Socket::INET", "-e", CALLERS, String(OWN_PORT)],
  ["/nowhere"],
  [""],
];
const NUMBERS = [0, 1, 2, 3, 9, 15, 64, 65, 4096, 65536, 262144, 1 << 30, 0xffffffff];

/** One frame that boxd accepts more often than not. */
export function likelyFrame(random: Random): Buffer {
  const channel = 1 + random.below(24);
  const number = () => (random.chance(85) ? random.below(16) : random.pick(NUMBERS));
  const path = () => field(14, random.pick(PATHS));
  const maybe = (percent: number, part: () => Buffer) =>
    random.chance(percent) ? part() : Buffer.alloc(0);
  const credit = () => field(7, random.pick([0, 1, 100, 5000, 300_000, 1 << 20]));
  const build = (type: number, ...parts: Buffer[]) => frame(channel, type, Buffer.concat(parts));
  switch (random.below(21)) {
    case 0:
    case 1:
    case 2:
      return build(
        0x01,
        ...random.pick(COMMANDS).map((argument) => field(1, argument)),
        maybe(50, () => field(2, "PATH=/bin:/usr/bin")),
        maybe(30, () => field(3, random.pick(PATHS))),
        maybe(70, () => field(4, random.pick([0, 1, 2, 4, 5, 6, 8, 12, 16, 24, 28]))),
        maybe(80, credit),
        maybe(5, () =>
          Buffer.concat([field(9, number()), field(10, number()), field(11, number())]),
        ),
      );
    case 3:
      return build(0x02, random.bytes(random.below(300)));
    case 4:
      return random.chance(20)
        ? build(0x03)
        : build(
            0x06,
            credit(),
            maybe(30, () => field(8, 1 + random.below(2))),
          );
    case 5:
      return build(
        0x04,
        field(12, random.chance(95) ? random.below(65) : number()),
        maybe(50, () => field(13, 1 + random.below(2))),
      );
    case 6:
      return random.chance(20)
        ? build(0x05, field(5, number()), field(6, number()))
        : build(0x06, credit());
    case 7:
      return build(
        0x10,
        path(),
        maybe(50, credit),
        maybe(30, () => field(16, BigInt(number()))),
        maybe(30, () => field(17, BigInt(number()))),
      );
    case 8:
      return build(
        0x11,
        path(),
        maybe(50, () => field(4, random.pick([0, 1, 2, 3, 4, 5]))),
        maybe(30, () => field(18, 0o700)),
      );
    case 9:
      return random.chance(50) ? build(0x12, random.bytes(random.below(300))) : build(0x13);
    case 10:
      return build(0x14, path(), maybe(70, credit));
    case 11:
      return build(
        0x15,
        path(),
        maybe(50, () => field(4, random.below(2))),
      );
    case 12:
      return build(
        0x16,
        path(),
        maybe(50, () => field(4, random.below(2))),
      );
    case 13:
      return build(0x17, path(), field(15, random.pick(PATHS)));
    case 14:
      return build(
        0x18,
        field(14, random.pick(["/tmp/d", "/tmp/a", "/tmp/nothing", "/"])),
        maybe(70, () => field(4, 1)),
      );
    case 15:
    case 16:
      return build(
        0x20,
        field(34, random.chance(90) ? random.pick([PORT, PORT, 1]) : number()),
        maybe(30, () => field(33, random.pick(["127.0.0.1", "::1", "1.2.3.4", "localhost", ""]))),
        maybe(80, credit),
      );
    case 17:
      return build(
        0x21,
        maybe(90, () => field(34, random.chance(90) ? OWN_PORT : number())),
      );
    case 18:
    case 19:
      return build(0x22, field(35, 1 + random.below(24)), maybe(80, credit));
    default:
      return build(0x19);
  }
}

/** Changes a byte or a few, cuts, repeats or inserts. */
export function mutate(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length);
  switch (random.below(5)) {
    case 0:
      return Buffer.concat([
        bytes.subarray(0, at),
        random.bytes(1 + random.below(8)),
        bytes.subarray(at),
      ]);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8))]);
    case 2:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    default: {
      const copy = Buffer.from(bytes);
      for (let i = 1 + random.below(4); i > 0; i--) {
        // Mostly in the header and the first field, where the lengths are.
        copy[
          random.chance(60) ? random.below(Math.min(20, copy.length)) : random.below(copy.length)
        ] = random.chance(50) ? random.below(256) : random.pick([0, 1, 0x7f, 0x80, 0xff]);
      }
      return copy;
    }
  }
}
