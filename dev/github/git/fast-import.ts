export interface FileContent {
  content: string | Buffer;
  /** @default "100644" */
  mode?: "100644" | "100755" | "120000";
}

/** Path → content; `null` removes the file. */
export type Files = Record<string, string | Buffer | FileContent | null>;

export interface NewCommit {
  branch: string;
  message: string;
  files: Files;
  author: { name: string; email: string };
  /** @default the author */
  committer?: { name: string; email: string };
  /** Milliseconds since 1970. */
  at: number;
  /** First parent; `undefined` starts a history. */
  parent: string | undefined;
}

/** A `git fast-import` stream that makes one commit and prints its sha. */
export function fastImport(commit: NewCommit): Buffer {
  const stamp = ({ name, email }: NewCommit["author"]) =>
    `${name} <${email}> ${Math.floor(commit.at / 1000)} +0000`;
  const { author, committer = author } = commit;
  const parts: (string | Buffer)[] = [
    `commit refs/heads/${commit.branch}\nmark :1\nauthor ${stamp(author)}\ncommitter ${stamp(committer)}\n`,
    ...data(commit.message),
    commit.parent ? `from ${commit.parent}\n` : "",
  ];
  for (const [path, value] of Object.entries(commit.files)) {
    const file = typeof value === "string" || Buffer.isBuffer(value) ? { content: value } : value;
    if (file === null) parts.push(`D ${quote(path)}\n`);
    else parts.push(`M ${file.mode ?? "100644"} inline ${quote(path)}\n`, ...data(file.content));
  }
  parts.push("\nget-mark :1\ndone\n");
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
}

function data(content: string | Buffer): (string | Buffer)[] {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return [`data ${bytes.length}\n`, bytes, "\n"];
}

function quote(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
