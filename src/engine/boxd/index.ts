/**
 * The engine's side of the connection to the supervisor in a box (`native/boxd`, PROTOCOL.md).
 * It knows frames, processes, files and connections, and nothing of how the box was made.
 *
 * @example
 * const child = spawn(boxdPath, ["--fd", "3"], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
 * const connection = await BoxdConnection.connect(child.stdio[3] as Duplex);
 * const { exit, stdout } = await connection.run({ argv: ["uname", "-a"], env: { PATH: "/bin" } });
 * const shell = await connection.start({ argv: ["sh"], stdin: "open" });
 * for await (const chunk of shell.stdout) process.stdout.write(chunk);
 * const socket = await connection.dial({ port: 3000 });
 * const { port } = await connection.listen({ onConnection: (peer) => peer.pipe(peer) });
 * await connection.files.write("/tmp/a", "text", { parents: true, atomic: true });
 */
export { BoxdConnection } from "./connection.ts";
export { BoxdError, type BoxdErrorCode } from "./error.ts";
export type { BoxdFiles } from "./files.ts";
export type { BoxdProcess } from "./process.ts";
export type {
  BoxdEntry,
  BoxdExit,
  BoxdFileType,
  BoxdListener,
  BoxdStat,
  BoxdText,
  BoxdUser,
  DialOptions,
  ListenOptions,
  ReadOptions,
  RunOptions,
  RunResult,
  SignalTarget,
  StartOptions,
  WriteOptions,
} from "./types.ts";
