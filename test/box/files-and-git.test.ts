import { describe, expect, it } from "vitest";
import { Box } from "../../src/box/index.ts";
import { BOX, sendJson, startPeer } from "./peer.ts";

async function boxThatAnswers(value: unknown) {
  const peer = await startPeer(({ path }) => (path === "/v2/box/box-1" ? BOX : value));
  return { peer, box: await Box.get("box-1", peer.connection) };
}

describe("box.files", () => {
  it("reads text and base64 by absolute path", async () => {
    const { peer, box } = await boxThatAnswers({ content: "aGk=" });
    await using _ = peer;
    expect(await box.files.read("a b/ü.txt")).toBe("aGk=");
    expect(peer.requests[1]).toMatchObject({
      method: "GET",
      path: "/v2/box/box-1/files/read",
      query: { path: "/workspace/home/a b/ü.txt" },
    });
    await box.files.read("/tmp/x", { encoding: "base64" });
    expect(peer.requests[2]?.query).toEqual({ path: "/tmp/x", encoding: "base64" });
  });

  it("says where to look for a file that is not there", async () => {
    await using peer = await startPeer(({ path }, response) => {
      if (path === "/v2/box/box-1") return BOX;
      sendJson(response, { error: "nope: No such file or directory" }, 404);
    });
    const box = await Box.get("box-1", peer.connection);
    await expect(box.files.read("nope")).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringMatching(/No such file.*box\.files\.list\(\) shows what is there\.$/),
    });
  });

  it("writes text, base64 and bytes", async () => {
    const { peer, box } = await boxThatAnswers({});
    await using _ = peer;
    await box.files.write({ path: "hello.txt", content: "Hello!" });
    await box.files.write({ path: "a.bin", content: "aGk=", encoding: "base64" });
    await box.files.write({ path: "b.bin", content: Uint8Array.of(255, 0, 1) });
    expect(peer.requests.slice(1).map(({ body }) => body)).toEqual([
      { path: "/workspace/home/hello.txt", content: "Hello!" },
      { path: "/workspace/home/a.bin", content: "aGk=", encoding: "base64" },
      { path: "/workspace/home/b.bin", content: "/wAB", encoding: "base64" },
    ]);
  });

  it("lists, and takes null for an empty directory", async () => {
    const { peer, box } = await boxThatAnswers({ files: null });
    await using _ = peer;
    expect(await box.files.list(".")).toEqual([]);
    expect(peer.requests[1]?.query).toEqual({});
    const entry = {
      name: "a",
      path: "/a",
      size: 1,
      is_dir: false,
      mod_time: "2026-01-01T00:00:00Z",
    };
    const other = await boxThatAnswers({ files: [entry] });
    await using __ = other.peer;
    expect(await other.box.files.list("src")).toEqual([entry]);
  });
});

describe("box.git", () => {
  it("speaks the service's language", async () => {
    const { peer, box } = await boxThatAnswers({
      diff: "the diff",
      status: "the status",
      sha: "abc",
      message: "m",
      output: "log",
      exit_code: 1,
    });
    await using _ = peer;
    await box.git.clone({
      repo: "github.com/o/r",
      branch: "main",
      depth: 1,
      token: "token-of-a-test",
      folder: "r",
    });
    expect(await box.git.diff()).toBe("the diff");
    expect(await box.git.status({ folder: "r" })).toBe("the status");
    expect(
      await box.git.commit({ message: "m", authorName: "Jane", authorEmail: "jane@example.com" }),
    ).toEqual({ sha: "abc", message: "m" });
    expect(await box.git.exec({ args: ["log", "-1"], folder: "r" })).toEqual({
      output: "log",
      exitCode: 1,
    });
    await box.git.checkout({ branch: "feature" });
    const seen = peer.requests.slice(1).map(({ method, path, query, body }) => ({
      call: `${method} ${path.replace("/v2/box/box-1/git/", "")}`,
      sent: body ?? query,
    }));
    expect(seen).toEqual([
      {
        call: "POST clone",
        sent: {
          repo: "github.com/o/r",
          branch: "main",
          depth: 1,
          github_token: "token-of-a-test",
          folder: "r",
        },
      },
      { call: "GET diff", sent: {} },
      { call: "GET status", sent: { folder: "r" } },
      {
        call: "POST commit",
        sent: { message: "m", author_name: "Jane", author_email: "jane@example.com" },
      },
      { call: "POST exec", sent: { args: ["log", "-1"], folder: "r" } },
      { call: "POST checkout", sent: { branch: "feature" } },
    ]);
  });
});
