import { posix } from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import { type FileEntry, WriteFileRequest } from "../../box/wire.ts";
import { type BoxdEntry, BoxdError } from "../boxd/index.ts";
import type { Boxes } from "../boxes.ts";
import { EngineError } from "../engine-error.ts";
import { boxPath } from "../paths.ts";
import { readBody, readQuery } from "./read-request.ts";

const ReadQuery = z.object({
  path: z.string().min(1),
  encoding: z.enum(["utf8", "utf-8", "base64"]).optional(),
});
const ListQuery = z.object({ folder: z.string().optional() });

/** A file is answered whole, in one JSON string; larger ones go by download, in pieces. */
const READ_LIMIT_BYTES = 128 * 1024 * 1024;

/** Read, write and list. The work is done inside the box: paths mean what they mean there. */
export function fileRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  routes.get("/:id/files/read", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { path, encoding } = readQuery(context, ReadQuery);
    const { files } = await box.connection();
    const content = await files
      .readFile(boxPath(path), { limitBytes: READ_LIMIT_BYTES })
      .catch((error) => fail(error, path));
    return context.json({ content: content.toString(encoding === "base64" ? "base64" : "utf8") });
  });

  routes.post("/:id/files/write", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { path, content, encoding } = await readBody(context, WriteFileRequest);
    const { files } = await box.connection();
    const data = encoding === "base64" ? decodeBase64(content) : Buffer.from(content, "utf8");
    await files
      .write(boxPath(path), data, { parents: true, atomic: true })
      .catch((error) => fail(error, path));
    return context.json({ path: boxPath(path), size: data.length });
  });

  routes.get("/:id/files/list", async (context) => {
    const box = boxes.get(context.req.param("id"));
    const { folder } = readQuery(context, ListQuery);
    const { files } = await box.connection();
    const entries: FileEntry[] = [];
    try {
      for await (const entry of files.list(boxPath(folder))) {
        entries.push(fileEntry(folder, entry));
      }
    } catch (error) {
      fail(error, folder ?? ".");
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    return context.json({ files: entries });
  });

  return routes;
}

function fileEntry(folder: string | undefined, entry: BoxdEntry): FileEntry {
  return {
    name: entry.name,
    path: posix.join(boxPath(folder), entry.name),
    size: entry.size,
    is_dir: entry.type === "directory",
    mod_time: new Date(Number(entry.mtimeNanoseconds / 1_000_000n)).toISOString(),
  };
}

function decodeBase64(content: string): Buffer {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(content)) {
    throw new EngineError(400, "invalid_request", "content: is not base64.");
  }
  return Buffer.from(content, "base64");
}

const STATUS_BY_ERRNO: Record<string, number> = {
  ENOENT: 404,
  ENOTDIR: 400,
  EISDIR: 400,
  EACCES: 403,
  EPERM: 403,
  EROFS: 403,
  ENOSPC: 507,
  EDQUOT: 507,
  ENAMETOOLONG: 400,
  ELOOP: 400,
};

function fail(error: unknown, path: string): never {
  if (error instanceof BoxdError && error.code === "REMOTE") {
    const status = STATUS_BY_ERRNO[error.errnoName ?? ""] ?? 400;
    throw new EngineError(status, "file_error", `${path}: ${error.message}`, { cause: error });
  }
  if (error instanceof BoxdError && error.code === "OUTPUT_LIMIT") {
    throw new EngineError(
      413,
      "file_too_large",
      `${path}: larger than ${READ_LIMIT_BYTES} bytes; read it in parts with exec.`,
      { cause: error },
    );
  }
  throw error;
}
