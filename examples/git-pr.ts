// Clones a repository, lets an agent change it, and opens a pull request.
//
//   REPOSITORY=https://github.com/you/project GITHUB_TOKEN=… npx tsx examples/git-pr.ts
import { Agent, Box, ClaudeCode } from "box-action/box";

const { REPOSITORY, GITHUB_TOKEN, TASK = "Fix the failing tests" } = process.env;
if (!REPOSITORY || !GITHUB_TOKEN) {
  console.error("Set REPOSITORY and GITHUB_TOKEN; the token needs contents and pull requests.");
  process.exit(1);
}

await using box = await Box.create({
  runtime: "node",
  agent: {
    harness: Agent.ClaudeCode,
    model: ClaudeCode.Sonnet_4_5,
    apiKey: process.env.ANTHROPIC_API_KEY,
  },
  git: { token: GITHUB_TOKEN, userName: "Box Example", userEmail: "box@example.com" },
});

await box.git.clone({ repo: REPOSITORY });
// The clone is in a directory of the repository's name; everything from here on runs in it.
await box.cd(
  new URL(REPOSITORY).pathname
    .split("/")
    .pop()
    ?.replace(/\.git$/, "") ?? ".",
);
const branch = `box/example-${Date.now().toString(36)}`;
await box.git.exec({ args: ["checkout", "-b", branch] });

const run = await box.agent.run({
  prompt: TASK,
  onToolUse: ({ name }) => console.log(`· ${name}`),
});

if ((await box.git.status()).trim() === "") {
  console.log(`Nothing was changed. ${run.result}`);
} else {
  console.log(await box.git.diff());
  await box.git.commit({ message: TASK }); // stages everything first
  await box.git.push({ branch });
  const { number, url } = await box.git.createPR({ title: TASK, body: run.result });
  console.log(`Pull request #${number}: ${url}`);
}
