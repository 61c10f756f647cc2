import { Hono } from "hono";
import {
  ListFilesQuery,
  MakeDirectoryRequest,
  ReadFileQuery,
  RemoveRequest,
  RenameRequest,
  StatFileQuery,
  WriteFileRequest,
} from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { decodeBase64 } from "../files/decode-base64.ts";
import { fileStat } from "../files/file-stat.ts";
import { fileWork } from "../files/file-work.ts";
import { listFolder } from "../files/list-folder.ts";
import { readContent } from "../files/read-content.ts";
import { boxPath } from "../paths.ts";
import { readBody, readQuery } from "./read-request.ts";

/** Single files and folders. The work is done inside the box: paths mean what they mean there. */
export function fileRoutes(boxes: Boxes): Hono {
  const routes = new Hono();
  const open = async (id: string) => boxes.get(id).connection();

  routes.get("/:id/files/read", async (context) => {
    const range = readQuery(context, ReadFileQuery);
    const connection = await open(context.req.param("id"));
    return context.json({ content: await readContent(connection, range) });
  });

  routes.post("/:id/files/write", async (context) => {
    const { path, content, encoding } = await readBody(context, WriteFileRequest);
    const data = encoding === "base64" ? decodeBase64(content, "content") : Buffer.from(content);
    const { files } = await open(context.req.param("id"));
    await fileWork(path, () => files.write(boxPath(path), data, { parents: true, atomic: true }));
    return context.json({ path: boxPath(path), size: data.length });
  });

  routes.get("/:id/files/list", async (context) => {
    const { folder } = readQuery(context, ListFilesQuery);
    return context.json({ files: await listFolder(await open(context.req.param("id")), folder) });
  });

  routes.get("/:id/files/stat", async (context) => {
    const { path, follow } = readQuery(context, StatFileQuery);
    const { files } = await open(context.req.param("id"));
    const options = { follow: follow === "true" };
    return context.json(fileStat(await fileWork(path, () => files.stat(boxPath(path), options))));
  });

  routes.post("/:id/files/mkdir", async (context) => {
    const { path, parents = false } = await readBody(context, MakeDirectoryRequest);
    const { files } = await open(context.req.param("id"));
    await fileWork(path, () => files.mkdir(boxPath(path), { parents }));
    return context.json({ path: boxPath(path) });
  });

  routes.post("/:id/files/rename", async (context) => {
    const { from, to } = await readBody(context, RenameRequest);
    const { files } = await open(context.req.param("id"));
    await fileWork(from, () => files.rename(boxPath(from), boxPath(to)));
    return context.json({ path: boxPath(to) });
  });

  routes.post("/:id/files/remove", async (context) => {
    const { path, recursive = false } = await readBody(context, RemoveRequest);
    const { files } = await open(context.req.param("id"));
    await fileWork(path, () => files.remove(boxPath(path), { recursive }));
    return context.json({ path: boxPath(path) });
  });

  return routes;
}
