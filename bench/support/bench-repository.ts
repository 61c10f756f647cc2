import type { DevGitHub, RepositoryHandle } from "../../dev/github/index.ts";

const FILES = 200;
const COMMITS = 50;

/** A repository of 200 files and 50 commits with a pull request on each branch that is named. */
export async function benchRepository(
  github: DevGitHub,
  names: { owner: string; name: string; author: string; branches: readonly string[] },
): Promise<{ repository: RepositoryHandle; numbers: number[] }> {
  const { owner, name, author, branches } = names;
  const files = Object.fromEntries(
    Array.from({ length: FILES }, (_, index) => [path(index), source(index, 0)]),
  );
  const repository = await github.createRepository({ owner, name, private: true, files });
  for (let commit = 1; commit < COMMITS; commit++) {
    const index = (commit * 7) % FILES;
    const message = `Change ${commit}`;
    const change = { [path(index)]: source(index, commit) };
    await repository.commit("main", change, { message, quiet: true });
  }
  const numbers: number[] = [];
  for (const branch of branches) {
    await repository.commit(branch, { "notes.txt": `${branch}\n` }, { base: "main", author });
    const pull = { author, title: branch, head: branch, base: "main" };
    numbers.push((await repository.createPullRequest(pull)).number);
  }
  return { repository, numbers };
}

function path(index: number): string {
  return `src/part-${index % 20}/file-${index}.js`;
}

/** About 2 kB, different in every file, as sources are. */
function source(index: number, version: number): string {
  const lines = Array.from(
    { length: 50 },
    (_, line) => `export const value${line} = ${(index + 1) * (line + 1)} + ${version};\n`,
  );
  return `// File ${index}\n${lines.join("")}`;
}
