import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DevGitHub, type RepositoryHandle, startGitHub } from "../../dev/github/index.ts";
import { type AgentWorld, agentWorld, mayRun, PROGRAMS } from "./support/agent-world.ts";

let github: DevGitHub;
let repository: RepositoryHandle;
let world: AgentWorld;
beforeAll(async () => {
  github = await startGitHub();
  github.createUser({ login: "acme", type: "Organization" });
  repository = await github.createRepository({
    owner: "acme",
    name: "tricks",
    files: {
      "examples/deep/juggling/SKILL.md": "---\nname: juggling\ndescription: the wrong one\n---\n",
      "skills/juggling/SKILL.md":
        "---\nname: juggling\ndescription: Keeps seven clubs in the air.\n---\nThrow high.\n",
      "skills/juggling/scripts/throw.sh": "echo up\n",
    },
  });
  world = await agentWorld({
    skillsSite: github.url,
    allowedHosts: [new URL(github.url).host],
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await github.close();
});

for (const program of PROGRAMS) {
  const { harness } = program;
  describe.skipIf(!(await mayRun(program)))(`${harness} with a skill`, () => {
    it("knows it from the first run on, also in a box that reaches nothing, until it is taken away", async () => {
      const box = await world.box(program, { skills: [`${repository.fullName}/juggling`] });
      world.model.play({ turns: [{ text: "Done" }] });
      await box.agent.run({ prompt: "x" });
      const asked = () => JSON.stringify(world.model.requests.at(-1)?.body);
      expect(asked()).toContain("Keeps seven clubs in the air.");
      const { result } = await box.exec.command("find ~ -path '*juggling*' -type f | sort");
      expect(result).toMatch(/juggling\/SKILL.md\n.*juggling\/scripts\/throw.sh/);
      expect((await box.exec.command("git status --porcelain . 2>&1; ls -A")).result).not.toContain(
        "juggling",
      );
      await box.skills.remove(`${repository.fullName}/juggling`);
      await box.exec.command("mkdir -p elsewhere");
      await box.cd("elsewhere");
      await box.agent.run({ prompt: "y" });
      expect(asked()).not.toContain("seven clubs");
    });
  });
}

describe.skipIf(!(await mayRun(PROGRAMS[1])))("a skill that is not there", () => {
  it.each([
    ["acme/tricks/flying", /acme\/tricks\/flying cannot be had: .* has no flying\/SKILL.md/],
    ["acme/nothing/flying", /acme\/nothing cannot be fetched/],
    ["flying", /flying cannot be had: write owner\/repository\/skill/],
    ["../../etc", /cannot be had|cannot be fetched|path does not end/],
  ])("%s: the run says so", async (skill, reason) => {
    const box = await world.box(PROGRAMS[1], { skills: [skill] });
    await expect(box.agent.run({ prompt: "x" })).rejects.toThrow(reason);
  });
});
