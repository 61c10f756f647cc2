import { testEngine } from "../../test/support/test-engine.ts";
import type { Figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { ratio } from "../ratio.ts";
import { BareProcess } from "../support/bare-process.ts";
import { sandboxProcess } from "../support/sandbox-process.ts";
import { timed } from "../timed.ts";

/** A supervisor in the box must be no slower than joining the box from outside, as others do. */
export const execAgainstNsenter: Figure = {
  name: "exec-against-nsenter",
  unit: "ratio",
  bar: 1,
  good: "at most",
  baseline:
    'exec.command("true") over HTTP, against a bare `nsenter -t PID -m -u -i -n -p true` into the same running box, from a Node process of its own that does nothing else',
  samples: 200,
  async measure(samples) {
    await using engine = await testEngine();
    await using box = await engine.box();
    await using bare = new BareProcess();
    const { init } = await sandboxProcess(box.id);
    const args = ["-t", String(init), "-m", "-u", "-i", "-n", "-p", "/usr/bin/true"];
    const nsenter = () => bare.run("nsenter", args, { cwd: "/" });
    try {
      await nsenter();
    } catch (error) {
      const { message } = error as Error;
      return { skipped: `nsenter cannot enter a box here; it needs root (${message})` };
    }
    return ratio(
      await interleave({
        samples,
        subject: () => timed(() => box.exec.command("true")),
        baseline: nsenter,
      }),
    );
  },
};
