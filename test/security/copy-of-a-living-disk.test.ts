import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { copyTree } from "../../src/engine/driver/bubblewrap/copy-tree.ts";
import { readingAll } from "../../src/engine/driver/bubblewrap/reading-all.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { testBoxes } from "../support/test-boxes.ts";

/** Runs another program where `cp` would run, and keeps what it says. */
const INSTEAD = `
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
const [said, script, ...command] = process.argv.slice(2);
const [program, ...args] = [...command.slice(0, command.lastIndexOf("cp")), "sh", "-c", script];
const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
writeFileSync(said, stdout + stderr);
process.exit(1);
`;

const isRoot = process.getuid?.() === 0;

describe("the copy of a disk that its box still holds", () => {
  it("has nothing of the host to be led to by a link", async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await mkdir(at("disk"));
    await mkdir(at("layers"));
    await writeFile(at("disk/own"), "of the box\n");
    await writeFile(at("secret"), "of the host\n");
    await writeFile(at("instead.mjs"), INSTEAD);
    const script = `cat /source/own; cat ${at("secret")}; cat /proc/1/root${at("secret")}; head -c 1 /proc/kcore; ls /root /home /etc; ls -d /proc/[0-9]* | wc -l`;
    const before = [
      ...[process.execPath, at("instead.mjs"), at("said"), script],
      ...readingAll(isRoot),
    ];
    await expect(copyTree(at("disk"), at("layers/one"), { isRoot, before })).rejects.toThrow();
    const said = await readFile(at("said"), "utf8");
    expect(said).toContain("of the box\n");
    expect(said).not.toContain("of the host");
    for (const place of ["/root", "/home", "/etc"]) {
      expect(said).toMatch(new RegExp(`'${place}': No such file or directory`));
    }
    expect(said).toContain("cannot open '/proc/kcore'");
    // The sandbox itself, the shell and what counts.
    expect(Number(/^\d+$/m.exec(said)?.[0])).toBeLessThan(6);
  });

  it("is not made while a program of the box keeps all others from being stopped", async () => {
    await using host = await testBoxes();
    const box = await host.boxes.create({});
    const connection = await box.connection();
    // Ends whatever comes, as soon as it is there.
    const restless =
      "import os, signal\nprint('begun', flush=True)\nwhile True:\n  try: os.kill(-1, signal.SIGKILL)\n  except OSError: pass\n";
    const program = await connection.start({
      argv: ["python3", "-c", restless],
      env: { PATH: "/usr/bin" },
    });
    await once(program.stdout as Readable, "data");
    const copies = join(host.data, "copies");
    await mkdir(copies);
    const copy = (to: string) =>
      box.atRest((spec, sandbox) => {
        if (sandbox === undefined) throw new Error("The box stands still.");
        return host.driver.copyLayer(spec, sandbox, join(copies, to));
      });
    // Now and then it is stopped before it has seen who does that.
    let refusal: unknown;
    for (let time = 0; time < 50 && refusal === undefined; time++) {
      refusal = await copy(`${time}`).then(
        () => undefined,
        (error) => error,
      );
    }
    expect(refusal).toMatchObject({ code: "box_restless" });
    program.signal("SIGKILL", "tree");
    await host.boxes.delete(box.id);
  });
});
