import { testEngine } from "../../test/support/test-engine.ts";
import type { Figure } from "../figure.ts";
import { interleave } from "../interleave.ts";
import { ratio } from "../ratio.ts";
import { BareProcess } from "../support/bare-process.ts";
import { timed } from "../timed.ts";

/** What a command in a box costs more than one without a box. */
export const execAgainstSpawn: Figure = {
  name: "exec-against-spawn",
  unit: "ratio",
  bar: 2.5,
  good: "at most",
  baseline:
    'exec.command("true") over HTTP, against a bare spawn("/bin/true") with its output read, from a Node process of its own that does nothing else',
  samples: 200,
  async measure(samples) {
    await using engine = await testEngine();
    await using box = await engine.box();
    await using bare = new BareProcess();
    return ratio(
      await interleave({
        samples,
        subject: () => timed(() => box.exec.command("true")),
        baseline: () => bare.run("/bin/true", []),
      }),
    );
  },
};
