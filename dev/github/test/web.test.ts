import { expect, test } from "vitest";
import { startGitHub } from "../index.ts";
import { renderMarkdown } from "../web/markdown.ts";

async function setUp() {
  const github = await startGitHub();
  github.createUser({ login: "ada" });
  const app = github.createApp({ slug: "boxer", permissions: { issues: "write" } });
  const repository = await github.createRepository({
    owner: "ada",
    name: "engine",
    private: true,
    files: { "README.md": "# Engine\n", "a.txt": "1\n" },
  });
  await repository.commit("fix", { "a.txt": "<b>2</b>\n" }, { message: "Two <i>" });
  await repository.createPullRequest({ author: "ada", title: "A <b>", head: "fix", base: "main" });
  return { github, app, repository, [Symbol.asyncDispose]: () => github.close() };
}

test("a pull request's page shows what people and bots said, rendered and harmless", async () => {
  await using at = await setUp();
  await at.repository.comment(1, {
    author: "boxer[bot]",
    body: "**Done**\n\n<script>alert(1)</script><!-- marker --><img src=x onerror=alert(2)>",
  });
  const response = await fetch(`${at.github.url}/ada/engine/pull/1`);
  const page = await response.text();
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page).toContain("A &lt;b&gt;");
  expect(page).toContain("<strong>Done</strong>");
  expect(page).toContain('<span class="badge">bot</span>');
  expect(page).toContain("Two &lt;i&gt;");
  expect(page).not.toMatch(/alert\(|marker|onerror|<script>/);
});

test("every page there is answers, and an unknown one is not found", async () => {
  await using at = await setUp();
  const { fix = "", main = "" } = await at.repository.branches();
  const status = async (path: string) => (await fetch(at.github.url + path)).status;
  const pages = [
    "/",
    "/ada/engine",
    "/ada/engine/issues/1",
    "/ada/engine/pull/1",
    "/ada/engine/pull/1/files",
    "/ada/engine/pull/1.diff",
    `/ada/engine/commit/${fix}`,
    `/ada/engine/commit/${main}`,
    "/ada/engine/compare/main...fix",
    "/ada/engine/compare/fix",
    "/ada/engine/blob/main/README.md",
    "/assets/page.css",
    "/assets/markdown.css",
    "/assets/live.js",
  ];
  for (const path of pages) expect([path, await status(path)]).toEqual([path, 200]);
  for (const path of ["/ada/nothing", "/ada/engine/pull/9", "/x", "/ada/engine/commit/0000000"]) {
    expect([path, await status(path)]).toEqual([path, 404]);
  }
});

test("a changed file is shown line by line and escaped", async () => {
  await using at = await setUp();
  const page = await (await fetch(`${at.github.url}/ada/engine/pull/1/files`)).text();
  expect(page).toContain("+&lt;b&gt;2&lt;/b&gt;");
  expect(page).not.toContain("<b>2</b>");
});

test("an open page hears of a change at once", async () => {
  await using at = await setUp();
  const response = await fetch(`${at.github.url}/live/ada/engine`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe(": hello\n\n");
  await at.repository.comment(1, { author: "ada", body: "Hello" });
  expect((await reader?.read())?.value).toBe("data: 1\n\n");
});

test("Markdown has GitHub's tables, task lists, alerts and details, and only safe HTML", () => {
  expect(renderMarkdown("- [x] a\n- [ ] b")).toContain(
    '<li class="task-list-item"><input type="checkbox" disabled checked /> a</li>',
  );
  expect(renderMarkdown("|a|\n|-:|\n|1|")).toContain('<td align="right">1</td>');
  expect(renderMarkdown("> [!WARNING]\n> x")).toContain("markdown-alert-warning");
  const details = "<details><summary>S <kbd>k</kbd></summary>\n\n`x`\n\n</details>";
  expect(renderMarkdown(details)).toContain("<summary>S <kbd>k</kbd></summary>");
  expect(renderMarkdown("~~a~~ https://example.com")).toContain('href="https://example.com"');
  const linked = renderMarkdown("see #12, `#13` and a#14", "ada/engine");
  expect(linked).toContain('see <a href="/ada/engine/issues/12"');
  expect(linked).toContain("<code>#13</code> and a#14");
  const hostile = renderMarkdown(
    '<a href="javascript:x">a</a><form><input type="text"></form><p style="position:fixed">b</p><iframe src="//x"></iframe><svg onload=x>',
  );
  expect(hostile).not.toMatch(/javascript:|<form|type="text"|style=|<iframe|<svg/);
});
