import { expect } from "vitest";
import type { Suite } from "../suite.ts";

export function networkCases(suite: Suite): void {
  suite.it("deny-all leaves a box nothing but its loopback, and is what the box says", async () => {
    const box = await suite.box({ networkPolicy: { mode: "deny-all" } });
    expect(box.networkPolicy).toMatchObject({ mode: "deny-all" });
    const { body } = await suite.call("GET", `/${box.id}`);
    expect(body).toMatchObject({ network_policy: { mode: "deny-all" } });
    const run = await box.exec.command("curl -sS --max-time 5 http://203.0.113.1/");
    expect(run.exitCode).not.toBe(0);
    expect(run.stdout).toBe("");
  });

  suite.it("a change of the policy is effective at once, both ways", async () => {
    const box = await suite.box({ networkPolicy: { mode: "allow-all" } });
    const reach = async () =>
      (await box.exec.command(`curl -s --max-time 5 http://${suite.local.outside}/`)).stdout;
    expect(await reach()).toBe("reached");
    await box.updateNetworkPolicy({ mode: "deny-all" });
    expect([box.networkPolicy.mode, await reach()]).toEqual(["deny-all", ""]);
    await box.updateNetworkPolicy({ mode: "allow-all" });
    expect([box.networkPolicy.mode, await reach()]).toEqual(["allow-all", "reached"]);
  }, ["an address to reach"]);

  suite.it("a custom policy lets through what it names", async () => {
    const box = await suite.box();
    const policy = { mode: "custom" as const, allowedDomains: ["example.com"] };
    await box.updateNetworkPolicy(policy);
    const curl = async (host: string) =>
      (await box.exec.command(`curl -s -o /dev/null --max-time 20 https://${host}/`)).exitCode;
    expect([await curl("example.com"), await curl("example.org")]).toEqual([0, 35]);
  }, ["custom network policies"]);
}
