/**
 * One piece of what a command prints, in the order of its making, then `exit`, last. The service of
 * Upstash has one channel for both outputs: everything is `stdout` there.
 *
 * `data` holds whole characters, not lines. (The names are those of the field: `stdout` and `stderr`
 * as in Node and E2B, `data` as in Node's streams and Vercel's sandbox.)
 *
 * @typeParam Data `string`, or `Uint8Array` with `encoding: "bytes"`.
 */
export type ExecChunk<Data = string> =
  | { type: "stdout"; data: Data }
  | { type: "stderr"; data: Data }
  | {
      type: "exit";
      exitCode: number;
      /** Nanoseconds of processor time, when the service reports it. */
      cpuNs?: number | undefined;
    };
