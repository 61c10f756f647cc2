import picomatch from "picomatch";

/**
 * What no job pushes: what runs with the repository's secrets, who must review, and what tells agents
 * and hooks what to do (DESIGN §4.4). A person applies the patch, who has read it.
 */
const ALWAYS = [
  ".github/**",
  "CODEOWNERS",
  "docs/CODEOWNERS",
  ".gitmodules",
  ".ripgreprc",
  "**/.mcp.json",
  "**/.claude.json",
  "**/CLAUDE*.md",
  "**/AGENTS*.md",
  "**/GEMINI*.md",
  "**/opencode.json",
  "**/opencode.jsonc",
  ...[".claude", ".codex", ".agents", ".opencode", ".gemini", ".cursor", ".husky"].map(
    (folder) => `**/${folder}/**`,
  ),
];

/**
 * Which of the paths are protected.
 * @param own globs of the repository's own configuration
 */
export function protectedPaths(paths: readonly string[], own: readonly string[]): string[] {
  // Case-insensitive: so are the file systems on which these files do harm.
  const isProtected = picomatch([...ALWAYS, ...own], { dot: true, nocase: true });
  return paths.filter((path) => isProtected(path));
}
