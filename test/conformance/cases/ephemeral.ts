import { expect } from "vitest";
import type { Suite } from "../suite.ts";

export function ephemeralCases(suite: Suite): void {
  suite.it("an ephemeral box is idle at once and says when it ends", async () => {
    const box = await suite.ephemeralBox({ ttl: 3600, runtime: "node", labels: ["short"] });
    expect(await box.getStatus()).toMatchObject({ status: "idle" });
    expect(Math.abs(box.expiresAt - Date.now() / 1000 - 3600)).toBeLessThan(300);
    const { body } = await suite.call("GET", `/${box.id}`);
    expect(body).toMatchObject({ ephemeral: true, expires_at: box.expiresAt, labels: ["short"] });
  });

  suite.it("three days is the default and the most", async () => {
    const box = await suite.ephemeralBox();
    expect(Math.abs(box.expiresAt - Date.now() / 1000 - 259_200)).toBeLessThan(300);
    const longer = suite.ephemeralBox({ ttl: 259_201 });
    await expect(longer).rejects.toMatchObject({ statusCode: 400 });
  });

  suite.it("it has commands, files, a cwd, schedules and a network policy", async () => {
    const box = await suite.ephemeralBox({ env: { A: "a" }, networkPolicy: { mode: "deny-all" } });
    expect(box.networkPolicy).toMatchObject({ mode: "deny-all" });
    await box.exec.command("mkdir work");
    await box.cd("work");
    await box.files.write({ path: "a.txt", content: "a" });
    expect((await box.exec.command("echo $A; ls; pwd")).stdout).toBe(
      "a\na.txt\n/workspace/home/work\n",
    );
    expect((await box.exec.code({ lang: "js", code: "console.log(1)" })).stdout).toBe("1\n");
    const schedule = await box.schedule.exec({ cron: "0 0 1 1 *", command: ["true"] });
    expect(await box.schedule.get(schedule.id)).toEqual(schedule);
  });

  suite.it("it deletes itself when its time is over", async () => {
    const box = await suite.ephemeralBox({ ttl: 1 });
    const status = async () => (await suite.request(`/${box.id}`)).status;
    await expect.poll(status, { timeout: 30_000, interval: 100 }).toBe(404);
  });

  suite.it("it is deleted before its time, alone or with others", async () => {
    const [one, two] = [await suite.ephemeralBox(), await suite.ephemeralBox()];
    await one.delete();
    await suite.target.EphemeralBox.delete({ ...suite.connection, boxIds: [two.id] });
    for (const { id } of [one, two]) expect((await suite.request(`/${id}`)).status).toBe(404);
  });
}
