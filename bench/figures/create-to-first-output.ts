import { join } from "node:path";
import { type TestEngine, testEngine } from "../../test/support/test-engine.ts";
import type { Figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { ratio } from "../ratio.ts";
import { BareProcess } from "../support/bare-process.ts";
import { sandboxProcess } from "../support/sandbox-process.ts";

/** What `p50Milliseconds` is to be at most on a machine of two cores. */
const BAR_MILLISECONDS = 60;

/** How long somebody waits for a box: from asking for one to the first command's output. */
export const createToFirstOutput: Figure = {
  name: "create-to-first-output",
  unit: "ratio",
  bar: 3,
  good: "at most",
  baseline:
    'Box.create and exec.command("echo hi") over HTTP, against a bare `bwrap … true` with the namespaces, mounts, user and filter of a box of this engine (its own command line), from a Node process of its own that does nothing else',
  samples: 50,
  async measure(samples) {
    // As everybody has it: with a sandbox in reserve.
    await using engine = await testEngine({ spareSandbox: true });
    // The baseline mounts the disk of a box that is there all the time.
    await using box = await engine.box();
    await using bare = new BareProcess();
    const baseline = await bareBwrap(engine, box.id, bare);
    const times = await interleave({ samples, subject: () => boxAndEcho(engine), baseline });
    const { value, details } = ratio(times);
    return { value, details: { ...details, barMilliseconds: BAR_MILLISECONDS } };
  },
};

async function boxAndEcho(engine: TestEngine): Promise<number> {
  const started = performance.now();
  await using box = await engine.box();
  const { result } = await box.exec.command("echo hi");
  const milliseconds = performance.now() - started;
  if (result !== "hi") throw new Error(`The box printed ${JSON.stringify(result)}.`);
  return milliseconds;
}

/** A function that starts one bwrap as the driver starts it, with `true` where the supervisor stands. */
async function bareBwrap(engine: TestEngine, boxId: string, from: BareProcess) {
  const { argv, uid, gid } = await sandboxProcess(boxId);
  // A box stands in a network namespace that is made before; here bwrap makes it.
  const own = argv.includes("--unshare-net") ? [] : ["--unshare-net"];
  const args = [...own, ...argv.slice(1, argv.lastIndexOf("--") + 1), "/usr/bin/true"];
  const descriptor = Number(argv[argv.indexOf("--seccomp") + 1]);
  const files = { [descriptor]: join(engine.data, "shared", "seccomp.bpf") };
  const env = { PATH: process.env.PATH };
  return () => from.run("bwrap", args, { files, uid, gid, cwd: "/", env });
}
