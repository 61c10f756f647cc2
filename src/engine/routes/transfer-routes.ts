import { pipeline, Readable, Transform } from "node:stream";
import { Hono } from "hono";
import { DownloadFileQuery } from "../../box/wire.ts";
import type { Boxes } from "../boxes.ts";
import { EngineError } from "../engine-error.ts";
import { fileWork } from "../files/file-work.ts";
import { boxPath } from "../paths.ts";
import { readForm } from "./read-form.ts";
import { readQuery } from "./read-request.ts";

/** Whole files as raw bytes, of any size, without holding one in memory. */
export function transferRoutes(boxes: Boxes): Hono {
  const routes = new Hono();

  routes.post("/:id/files/upload", async (context) => {
    const { files } = await boxes.get(context.req.param("id")).connection();
    const paths: string[] = [];
    let uploaded = 0;
    await readForm(context, {
      onField(name, value) {
        if (name === "paths") paths.push(value);
      },
      onFile(name) {
        if (name !== "files") return async () => undefined;
        const path = paths[uploaded++];
        if (path === undefined || path === "") throw unpaired(uploaded, paths.length);
        const options = { parents: true, atomic: true };
        return (content) => fileWork(path, () => files.write(boxPath(path), content, options));
      },
    });
    if (uploaded === 0 || uploaded !== paths.length) throw unpaired(uploaded, paths.length);
    return context.json({ uploaded });
  });

  // The query is called folder, and names one file.
  routes.get("/:id/files/download", async (context) => {
    const { folder: path } = readQuery(context, DownloadFileQuery);
    const { files } = await boxes.get(context.req.param("id")).connection();
    const stat = await fileWork(path, () => files.stat(boxPath(path)));
    if (stat.type === "directory") {
      throw new EngineError(
        400,
        "file_error",
        `${path}: is a folder; list it and download its files.`,
      );
    }
    const source = files.read(boxPath(path), { length: stat.size });
    // The first piece decides whether there is an answer; a later failure can only cut it off.
    await fileWork(path, () => readable(source));
    const body = pipeline(source, exactly(stat.size), () => undefined);
    return context.body(Readable.toWeb(body) as ReadableStream, 200, {
      "content-type": "application/octet-stream",
      "content-length": String(stat.size),
    });
  });

  return routes;
}

/** Resolves when there is a first piece or the end. */
function readable(source: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    source.once("readable", resolve);
    source.once("error", reject);
  });
}

/** Fails at the end of less than was announced: the client would wait for the rest for ever. */
function exactly(size: number): Transform {
  let sent = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      sent += chunk.length;
      callback(null, chunk);
    },
    flush(callback) {
      callback(sent === size ? null : new Error("The file became shorter while it was read."));
    },
  });
}

function unpaired(files: number, paths: number): EngineError {
  return new EngineError(
    400,
    "invalid_request",
    `paths and files must be pairs, each path before its file; got ${paths} paths and ${files} files.`,
  );
}
