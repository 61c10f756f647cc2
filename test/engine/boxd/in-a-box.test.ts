import { describe, expect, it } from "vitest";
import { boxed, canBox } from "./support/box.ts";
import { buildBoxd, spawnBoxd, until } from "./support/boxd.ts";

const env = { PATH: "/usr/bin:/bin" };
const sh = (script: string) => ({ argv: ["sh", "-c", script], env });

describe.skipIf(!canBox())("as the first process of a box", () => {
  it("boxd is pid 1, and no signal from inside ends or stops it", async () => {
    await using boxd = await spawnBoxd(boxed(buildBoxd()));
    const signals = "TERM INT HUP QUIT KILL STOP SEGV ABRT PIPE ALRM USR1 USR2";
    const { stdout } = await boxd.connection.run(
      sh(
        `readlink -q /proc/1/exe; head -c 4 /proc/1/comm; echo; for s in ${signals}; do kill -$s 1; done; echo on`,
      ),
    );
    expect(stdout.toString()).toBe("boxd\non\n");
    await boxd.connection.run(sh("kill -9 -1"));
    expect((await boxd.connection.run(sh("echo still here"))).stdout.toString()).toBe(
      "still here\n",
    );
  });

  it("it reaps orphans", async () => {
    await using boxd = await spawnBoxd(boxed(buildBoxd()));
    await boxd.connection.run(sh("for i in 1 2 3 4 5; do (sleep 0.0$i &) ; done"));
    const processes = async () =>
      (await boxd.connection.run(sh("ls -d /proc/[0-9]* | wc -l"))).stdout.toString().trim();
    // boxd itself, and the shell, ls and wc of the question.
    await until(async () => Number(await processes()) <= 4);
  });

  it("its children cannot open its descriptors or memory, being of the same user", async () => {
    await using boxd = await spawnBoxd(boxed(buildBoxd()));
    const { stdout } = await boxd.connection.run(
      sh(
        "readlink /proc/1/fd/3 /proc/1/exe 2>/dev/null; (: < /proc/1/fd/0) 2>/dev/null && echo opened; cat /proc/1/environ 2>/dev/null; head -c 1 /proc/1/mem 2>/dev/null; echo end",
      ),
    );
    expect(stdout.toString()).toBe("end\n");
  });

  it("the box ends with the connection", async () => {
    const boxd = await spawnBoxd(boxed(buildBoxd()));
    await boxd.connection.run(sh("setsid sleep 1000 & nohup sleep 1001 >/dev/null 2>&1 &"));
    boxd.connection.close();
    expect((await boxd.ended).code).toBe(0);
  });

  it("terminals work", async () => {
    await using boxd = await spawnBoxd(boxed(buildBoxd()));
    const process = await boxd.connection.start({
      argv: ["tty"],
      env,
      pty: { rows: 1, columns: 2 },
    });
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdout ?? []) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("/dev/pts/0\r\n");
  });
});
