import { z } from "zod";

/** `POST /{id}/files/write` */
export const WriteFileRequest = z.object({
  path: z.string().min(1),
  content: z.string(),
  encoding: z.enum(["utf8", "utf-8", "base64"]).optional(),
});
export type WriteFileRequest = z.infer<typeof WriteFileRequest>;

export const ReadFileResponse = z.object({ content: z.string() });
export type ReadFileResponse = z.infer<typeof ReadFileResponse>;

export const FileEntry = z.object({
  name: z.string(),
  path: z.string(),
  size: z.number(),
  is_dir: z.boolean(),
  /** RFC 3339. */
  mod_time: z.string(),
  /** Ours: the entry is a link, and the rest says what it leads to. Walkers do not follow it. */
  is_symlink: z.boolean().optional(),
});
export type FileEntry = z.infer<typeof FileEntry>;

export const ListFilesResponse = z.object({ files: z.array(FileEntry).nullable() });
export type ListFilesResponse = z.infer<typeof ListFilesResponse>;

/** The most that one bounded read gives (`offset`, `length`). */
export const MAX_RANGE_BYTES = 8 * 1024 * 1024;

/** `GET /{id}/files/stat` */
export const FileStat = z.object({
  type: z.enum(["file", "directory", "symlink", "other"]),
  size: z.number(),
  /** RFC 3339. */
  mod_time: z.string(),
  inode: z.number().optional(),
  /** Changes when the content does; opaque. */
  version: z.string().optional(),
});
export type FileStat = z.infer<typeof FileStat>;

/** `POST /{id}/files/mkdir` */
export const MakeDirectoryRequest = z.object({
  path: z.string().min(1),
  parents: z.boolean().optional(),
});

/** `POST /{id}/files/rename` */
export const RenameRequest = z.object({ from: z.string().min(1), to: z.string().min(1) });

/** `POST /{id}/files/remove` */
export const RemoveRequest = z.object({
  path: z.string().min(1),
  recursive: z.boolean().optional(),
});
