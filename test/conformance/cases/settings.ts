import { expect } from "vitest";
import type { Suite } from "../suite.ts";

/** Labels, skills, the variables of the account. */
export function settingsCases(suite: Suite): void {
  const { Box } = suite.target;

  suite.it("labels are added, listed, found by and removed", async () => {
    const box = await suite.box({ labels: ["ci"] });
    const label = `team:${crypto.randomUUID().slice(0, 8)}`;
    expect(await box.labels.add(label)).toEqual(["ci", label]);
    expect(await box.labels.list()).toEqual(["ci", label]);
    const found = await Box.list({ ...suite.connection, label });
    expect(found.map(({ id }) => id)).toEqual([box.id]);
    expect(await box.labels.remove(label)).toEqual(["ci"]);
    expect(await Box.list({ ...suite.connection, label })).toEqual([]);
  });

  suite.it("the refusals of labels have the service's own words", async () => {
    const box = await suite.box({ labels: ["ci"] });
    await expect(box.labels.add("ci")).rejects.toMatchObject({
      statusCode: 409,
      message: expect.stringContaining("Label already added"),
    });
    await expect(box.labels.remove("other")).rejects.toMatchObject({
      statusCode: 404,
      message: expect.stringContaining("Label not found"),
    });
    await expect(suite.box({ labels: ["not a label"] })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('label "not a label" contains invalid characters'),
    });
  });

  suite.it("skills are added, listed and removed, with slashes in their ids", async () => {
    const box = await suite.box({ skills: ["vercel/ai/ai-sdk"] });
    await box.skills.add("acme/tools/review");
    expect(await box.skills.list()).toEqual(["vercel/ai/ai-sdk", "acme/tools/review"]);
    await box.skills.remove("vercel/ai/ai-sdk");
    expect(await box.skills.list()).toEqual(["acme/tools/review"]);
  });

  suite.it("variables of the account are set, listed masked, replaced and deleted", async () => {
    const { connection } = suite;
    const before = Object.keys(await Box.listEnv(connection));
    // On an account that has some, replacing them all would lose values that nobody can read.
    if (before.length > 0) throw new Error("Take an account without variables for this.");
    try {
      await Box.setEnv("CONFORMANCE_A", "secret value", connection);
      const listed = await Box.listEnv(connection);
      expect(Object.keys(listed)).toEqual(["CONFORMANCE_A"]);
      expect(JSON.stringify(listed)).not.toContain("secret value");
      await Box.setAllEnv({ CONFORMANCE_B: "b", CONFORMANCE_C: "c" }, connection);
      expect(Object.keys(await Box.listEnv(connection)).sort()).toEqual([
        ...["CONFORMANCE_B", "CONFORMANCE_C"],
      ]);
      await Box.deleteEnv("CONFORMANCE_C", connection);
      expect(Object.keys(await Box.listEnv(connection))).toEqual(["CONFORMANCE_B"]);
      const box = await suite.box({ env: { OWN: "own" } });
      const run = await box.exec.command('echo "$CONFORMANCE_A|$CONFORMANCE_B|$OWN"');
      expect(run.stdout).toBe("|b|own\n");
      const over = await suite.box({ env: { CONFORMANCE_B: "the box's" } });
      expect((await over.exec.command('echo "$CONFORMANCE_B"')).stdout).toBe("the box's\n");
    } finally {
      await Box.setAllEnv({}, connection);
    }
    expect(await Box.listEnv(connection)).toEqual({});
  });
}
