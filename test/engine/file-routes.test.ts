import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Box } from "../../src/box/index.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

let host: TestEngine;
let box: Box;
beforeAll(async () => {
  host = await testEngine();
  box = await host.box();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field.
type Answer = { status: number; body: any };

async function get(route: string, query: Record<string, string>): Promise<Answer> {
  const response = await host.request(`/${box.id}/files/${route}?${new URLSearchParams(query)}`);
  return { status: response.status, body: await response.json() };
}

async function post(route: string, body: object | FormData): Promise<Answer> {
  const response = await host.request(`/${box.id}/files/${route}`, {
    method: "POST",
    body: body instanceof FormData ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

describe("files/read", () => {
  beforeAll(() => box.files.write({ path: "digits", content: "0123456789" }));

  it.each([
    [{ offset: "3" }, "3456789"],
    [{ offset: "3", length: "4" }, "3456"],
    [{ length: "2" }, "01"],
    [{ length: "0" }, ""],
    [{ offset: "8", length: "8388608" }, "89"],
    [{ offset: "100", length: "5" }, ""],
    [{ offset: "3", length: "3", encoding: "base64" }, Buffer.from("345").toString("base64")],
  ])("gives the part that %o names", async (range, content) => {
    expect(await get("read", { path: "digits", ...range })).toEqual({
      status: 200,
      body: { content },
    });
  });

  it.each([
    [{ length: "8388609" }, /length: more than 8388608/],
    [{ length: "-1" }, /length/],
    [{ offset: "much" }, /offset/],
    [{ offset: "1.5" }, /offset/],
  ])("refuses %o", async (range, message) => {
    const { status, body } = await get("read", { path: "digits", ...range });
    expect(status).toBe(400);
    expect(body.error).toMatch(message);
  });
});

describe("files/upload", () => {
  const form = (...parts: Array<[name: string, value: string | Uint8Array]>) => {
    const data = new FormData();
    for (const [name, value] of parts) {
      if (typeof value === "string") data.append(name, value);
      else data.append(name, new Blob([value as Uint8Array<ArrayBuffer>]), "../../name");
    }
    return data;
  };
  const bytes = (text: string) => new TextEncoder().encode(text);

  it("writes each file at its path, whatever bytes it holds and whatever it calls itself", async () => {
    const random = randomBytes(3_000_000);
    const answer = await post(
      "upload",
      form(
        ...[
          ["paths", "up/grüße.txt"] as [string, string],
          ["files", bytes("grüße\n")] as [string, Uint8Array],
        ],
        ...[
          ["paths", "/home/boxuser/random"] as [string, string],
          ["files", random] as [string, Uint8Array],
        ],
        ...[
          ["paths", "up/empty"] as [string, string],
          ["files", bytes("")] as [string, Uint8Array],
        ],
      ),
    );
    expect(answer).toEqual({ status: 200, body: { uploaded: 3 } });
    expect(await box.files.read("up/grüße.txt")).toBe("grüße\n");
    expect(await box.files.read("up/empty")).toBe("");
    const { result } = await box.exec.command("sha256sum < ~/random");
    expect(result).toContain(createHash("sha256").update(random).digest("hex"));
  });

  it("takes hundreds of small files, all paths first", async () => {
    const data = new FormData();
    for (let index = 0; index < 500; index++) data.append("paths", `many/${index}`);
    for (let index = 0; index < 500; index++) data.append("files", new Blob([`${index}`]), "x");
    expect((await post("upload", data)).body).toEqual({ uploaded: 500 });
    expect((await box.exec.command("cat many/* | wc -c; cat many/499")).stdout).toBe("1390\n499");
  });

  it.each([
    ["a file without a path", form(["files", bytes("x")]), /0 paths and 1 files/],
    ["a path without a file", form(["paths", "a"]), /1 paths and 0 files/],
    [
      "fewer files than paths",
      form(["paths", "p1"], ["files", bytes("x")], ["paths", "p2"]),
      /2 paths and 1 files/,
    ],
    ["nothing", form(), /pairs|form/],
    ["what is no form", { paths: [] }, /multipart\/form-data/],
  ])("refuses %s", async (_what, body, message) => {
    const { status, body: answer } = await post("upload", body);
    expect(status).toBe(400);
    expect(answer.error).toMatch(message);
  });

  it("says where a file may not be written, after all of it was sent", async () => {
    const answer = await post(
      "upload",
      form(
        ["paths", "/usr/evil"],
        ["files", new Uint8Array(20_000_000)],
        ["paths", "b"],
        ["files", bytes("b")],
      ),
    );
    expect(answer).toMatchObject({
      status: 403,
      body: { error: expect.stringMatching(/^\/usr\/evil/) },
    });
  });

  it.each([
    [
      "cut off",
      '--b\r\ncontent-disposition: form-data; name="paths"\r\n\r\ncut\r\n--b\r\ncontent-disposition: form-data; name="files"; filename="f"\r\n\r\nhalf',
    ],
    ["without parts", "hello"],
    ["empty", ""],
  ])("refuses a form that is %s, and writes nothing of it", async (_what, body) => {
    const response = await host.request(`/${box.id}/files/upload`, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: expect.any(String) });
    expect((await get("stat", { path: "cut" })).status).toBe(404);
  });
});

describe("files/download", () => {
  const download = (path: string) =>
    host.request(`/${box.id}/files/download?${new URLSearchParams({ folder: path })}`);

  it("streams a file's bytes, by the path of its listing, and says how many they are", async () => {
    await box.exec.command("mkdir -p down && head -c 30000000 /dev/urandom > down/random");
    const [entry] = await box.files.list("down");
    const response = await download(entry?.path ?? "");
    expect(response.headers.get("content-length")).toBe("30000000");
    const hash = createHash("sha256");
    for await (const chunk of response.body ?? []) hash.update(chunk as Uint8Array);
    const { result } = await box.exec.command("sha256sum down/random");
    expect(result).toContain(hash.digest("hex"));
  });

  it("gives an empty file, and what a link leads to", async () => {
    await box.exec.command("touch nothing; ln -s /etc/hostname name");
    expect(await (await download("nothing")).text()).toBe("");
    expect(await (await download("name")).text()).toBe(await box.files.read("/etc/hostname"));
  });

  it("leaves a reader that goes away, and goes on serving", async () => {
    const response = await download("down/random");
    await response.body?.cancel();
    expect((await download("nothing")).status).toBe(200);
  });

  it.each([
    ["nowhere", 404, /nowhere/],
    ["/usr", 400, /is a folder/],
    ["/dev/zero", 400, /Not a regular file/],
  ])("answers %s with %i", async (path, status, message) => {
    const response = await download(path);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toMatch(message);
  });
});

describe("files/stat", () => {
  it("tells a file, a folder and a link, followed or not, and notices a change", async () => {
    await box.files.write({ path: "s/file", content: "12345" });
    await box.exec.command("ln -s file s/link; mkfifo s/pipe");
    const file = (await get("stat", { path: "s/file" })).body;
    expect(file).toMatchObject({ type: "file", size: 5, inode: expect.any(Number) });
    expect(Date.parse(file.mod_time)).toBeGreaterThan(Date.now() - 60_000);
    expect((await get("stat", { path: "s" })).body.type).toBe("directory");
    expect((await get("stat", { path: "s/pipe" })).body.type).toBe("other");
    expect((await get("stat", { path: "s/link" })).body.type).toBe("symlink");
    expect((await get("stat", { path: "s/link", follow: "true" })).body).toEqual(file);
    await box.files.write({ path: "s/file", content: "54321" });
    expect((await get("stat", { path: "s/file" })).body.version).not.toBe(file.version);
    expect((await get("stat", { path: "s/none" })).status).toBe(404);
  });
});

describe("files/mkdir, rename and remove", () => {
  it("make, move and remove files and folders", async () => {
    expect((await post("mkdir", { path: "m/n/o" })).status).toBe(404);
    expect((await post("mkdir", { path: "m/n/o", parents: true })).status).toBe(200);
    expect((await post("mkdir", { path: "m/n/o", parents: true })).status).toBe(200);
    expect((await post("mkdir", { path: "m/n/o" })).status).toBe(409);
    await box.files.write({ path: "m/file", content: "f" });
    expect((await post("rename", { from: "m/file", to: "m/n/o/moved" })).status).toBe(200);
    expect(await box.files.read("m/n/o/moved")).toBe("f");
    expect((await post("rename", { from: "m/file", to: "x" })).status).toBe(404);
    const refused = await post("remove", { path: "m" });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: expect.stringMatching(/recursive/) },
    });
    expect((await post("remove", { path: "m/n/o/moved" })).status).toBe(200);
    expect((await post("remove", { path: "m", recursive: true })).status).toBe(200);
    expect((await post("remove", { path: "m" })).status).toBe(404);
    expect((await post("remove", { path: "/usr/bin/env" })).status).toBe(403);
  });

  it("do not follow links out of what is removed", async () => {
    await box.exec.command("mkdir keep gone && touch keep/file && ln -s ../keep gone/link");
    await post("remove", { path: "gone", recursive: true });
    expect(await box.files.read("keep/file")).toBe("");
  });
});

describe("files/list", () => {
  it("shows an empty folder, and links to folders as folders that are links", async () => {
    await box.exec.command(
      "mkdir -p l/empty l/full && touch l/full/a && ln -s full l/link && ln -s none l/broken",
    );
    expect((await get("list", { folder: "l/empty" })).body).toEqual({ files: [] });
    const { files } = (await get("list", { folder: "l" })).body;
    expect(
      files.map((file: { name: string; is_dir: boolean; is_symlink?: boolean }) => [
        file.name,
        file.is_dir,
        file.is_symlink,
      ]),
    ).toEqual([
      ["broken", false, true],
      ["empty", true, undefined],
      ["full", true, undefined],
      ["link", true, true],
    ]);
    expect(Object.keys(files[1]).sort()).toEqual(["is_dir", "mod_time", "name", "path", "size"]);
  });
});

it("a body over the limit is refused with 413", async () => {
  const response = await host.request(`/${box.id}/files/write`, {
    method: "POST",
    body: JSON.stringify({ path: "big", content: "x".repeat(193 * 1024 * 1024) }),
  });
  expect(response.status).toBe(413);
});
