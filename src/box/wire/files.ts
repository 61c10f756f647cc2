import { z } from "zod";
import { Folder } from "./folder.ts";

/** Not handed on by wire.ts: it has no name of its own there. */
const Path = z
  .string()
  .min(1)
  .describe("Relative to /workspace/home, or absolute; resolved inside the box.");
const Encoding = z
  .enum(["utf8", "utf-8", "base64"])
  .optional()
  .describe("What content is. Default: utf8.");
const Count = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional();

/** `POST /{id}/files/write` */
export const WriteFileRequest = z.object({ path: Path, content: z.string(), encoding: Encoding });
export type WriteFileRequest = z.infer<typeof WriteFileRequest>;
export const WriteFileResponse = z.object({
  path: z.string(),
  size: z.number().describe("Bytes."),
});

/** `GET /{id}/files/read` */
export const ReadFileQuery = z.object({
  path: Path,
  encoding: Encoding,
  offset: Count.describe("The first byte that is read. Default: 0."),
  length: Count.describe("Bytes, at most 8 MiB. Default: the whole file."),
});
export const ReadFileResponse = z.object({ content: z.string() });
export type ReadFileResponse = z.infer<typeof ReadFileResponse>;

export const FileEntry = z.object({
  name: z.string(),
  path: z.string(),
  size: z.number(),
  is_dir: z.boolean(),
  mod_time: z.string().describe("RFC 3339."),
  // Ours. Walkers do not follow it.
  is_symlink: z
    .boolean()
    .optional()
    .describe("The entry is a link, and the rest says what it leads to."),
});
export type FileEntry = z.infer<typeof FileEntry>;

/** `GET /{id}/files/list` */
export const ListFilesQuery = z.object({ folder: Folder });
export const ListFilesResponse = z.object({ files: z.array(FileEntry).nullable() });
export type ListFilesResponse = z.infer<typeof ListFilesResponse>;

/** The most that one bounded read gives (`offset`, `length`). */
export const MAX_RANGE_BYTES = 8 * 1024 * 1024;

/** `GET /{id}/files/stat` */
export const StatFileQuery = z.object({
  path: Path,
  follow: z
    .enum(["true", "false"])
    .optional()
    .describe("Whether to tell of what a link leads to. Default: false."),
});
export const FileStat = z.object({
  type: z.enum(["file", "directory", "symlink", "other"]),
  size: z.number(),
  mod_time: z.string().describe("RFC 3339."),
  inode: z.number().optional(),
  version: z.string().optional().describe("Changes when the content does; opaque."),
});
export type FileStat = z.infer<typeof FileStat>;

/** `POST /{id}/files/mkdir` */
export const MakeDirectoryRequest = z.object({
  path: Path,
  parents: z.boolean().optional().describe("Make those above it too; one that exists is fine."),
});

/** What `mkdir`, `rename` and `remove` answer: the path as the box has it. */
export const PathResponse = z.object({ path: z.string() });

/** `POST /{id}/files/rename` */
export const RenameRequest = z.object({ from: Path, to: Path });

/** `POST /{id}/files/remove` */
export const RemoveRequest = z.object({
  path: Path,
  recursive: z.boolean().optional().describe("A folder with all that is in it."),
});

/** `POST /{id}/files/upload`: pairs, each path before its file. */
export const UploadForm = z.object({
  paths: z.array(z.string().min(1)).min(1).describe("Where each file goes."),
  files: z.array(z.file()).min(1).describe("As many as paths, in the same order."),
});
export const UploadResponse = z.object({ uploaded: z.number() });

/** `GET /{id}/files/download` */
export const DownloadFileQuery = z.object({
  folder: z.string().min(1).describe("The path of one file, despite its name."),
});
