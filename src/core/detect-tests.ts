/** Where a repository keeps its tests, by the files at its root; the first that fits is taken. */
const CONVENTIONS: ReadonlyArray<{ file: string; command: string }> = [
  { file: "pytest.ini", command: "python3 -m pytest" },
  { file: "conftest.py", command: "python3 -m pytest" },
  { file: "go.mod", command: "go test ./..." },
  { file: "Cargo.toml", command: "cargo test" },
];

/** npm writes this into a new package.json; it fails on purpose and tests nothing. */
const NPM_PLACEHOLDER = "no test specified";

/**
 * Finds the command that runs a repository's own tests.
 * @param names the names of the files at the repository's root
 * @param packageJson the text of its package.json, or null
 * @returns the command, or null when nothing is found
 */
export function detectTests(names: readonly string[], packageJson: string | null): string | null {
  if (packageJson !== null && hasTestScript(packageJson)) return "npm test";
  return CONVENTIONS.find(({ file }) => names.includes(file))?.command ?? null;
}

function hasTestScript(packageJson: string): boolean {
  try {
    const script: unknown = JSON.parse(packageJson)?.scripts?.test;
    return typeof script === "string" && script !== "" && !script.includes(NPM_PLACEHOLDER);
  } catch {
    return false;
  }
}
