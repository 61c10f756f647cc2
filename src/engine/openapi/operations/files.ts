import {
  DownloadFileQuery,
  FileStat,
  ListFilesQuery,
  ListFilesResponse,
  MakeDirectoryRequest,
  PathResponse,
  ReadFileQuery,
  ReadFileResponse,
  RemoveRequest,
  RenameRequest,
  StatFileQuery,
  UploadForm,
  UploadResponse,
  WriteFileRequest,
  WriteFileResponse,
} from "../../../box/wire.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { OperationGroup } from "../operation.ts";
import { BOX } from "./box-path.ts";

const REFUSALS = {
  400: "The box's file system refuses it, or a field is wrong; the text says which.",
  403: "The box's user may not.",
  404: "There is no such box, or no such file in it.",
  409: "Something is in the way.",
  507: "The disk is full.",
};
const PATH = jsonAnswer(PathResponse, "The path as the box has it.");

export const fileOperations: OperationGroup = {
  name: "Files",
  description:
    "The work is done inside the box, as its user: paths and links mean what they mean there.",
  operations: [
    {
      id: "readFile",
      method: "get",
      path: `${BOX}/files/read`,
      summary: "Read a file",
      query: ReadFileQuery,
      answer: jsonAnswer(ReadFileResponse, "The content, as text or as base64."),
      refusals: REFUSALS,
      example: { query: { path: "site/package.json" } },
    },
    {
      id: "writeFile",
      method: "post",
      path: `${BOX}/files/write`,
      summary: "Write a file",
      description:
        "Makes the folders above it. A reader sees the old content or the new, never half.",
      body: WriteFileRequest,
      answer: jsonAnswer(WriteFileResponse, "Where it is and how long."),
      refusals: REFUSALS,
      example: { body: { path: "notes/today.md", content: "# Today\n" } },
    },
    {
      id: "listFiles",
      method: "get",
      path: `${BOX}/files/list`,
      summary: "List a folder",
      query: ListFilesQuery,
      answer: jsonAnswer(ListFilesResponse, "Its entries."),
      refusals: REFUSALS,
      example: { query: { folder: "site" } },
    },
    {
      id: "uploadFiles",
      method: "post",
      path: `${BOX}/files/upload`,
      summary: "Upload files",
      description: "Of any size, as pairs of parts: each path before its file.",
      form: UploadForm,
      answer: jsonAnswer(UploadResponse, "How many files were written."),
      refusals: REFUSALS,
      example: {
        form: [
          ["paths", "data/input.csv"],
          ["files", "@input.csv"],
        ],
      },
    },
    {
      id: "downloadFile",
      method: "get",
      path: `${BOX}/files/download`,
      summary: "Download a file",
      query: DownloadFileQuery,
      answer: {
        description: "The file's bytes.",
        content: { "application/octet-stream": { isBinary: true } },
      },
      refusals: REFUSALS,
      example: { query: { folder: "data/output.csv" } },
    },
    {
      id: "statFile",
      method: "get",
      path: `${BOX}/files/stat`,
      summary: "Look at a file",
      query: StatFileQuery,
      answer: jsonAnswer(FileStat, "What is known of it."),
      refusals: REFUSALS,
      example: { query: { path: "site/package.json" } },
    },
    {
      id: "makeDirectory",
      method: "post",
      path: `${BOX}/files/mkdir`,
      summary: "Make a folder",
      body: MakeDirectoryRequest,
      answer: PATH,
      refusals: REFUSALS,
      example: { body: { path: "data/raw", parents: true } },
    },
    {
      id: "rename",
      method: "post",
      path: `${BOX}/files/rename`,
      summary: "Rename or move",
      body: RenameRequest,
      answer: PATH,
      refusals: REFUSALS,
      example: { body: { from: "data/raw", to: "data/old" } },
    },
    {
      id: "remove",
      method: "post",
      path: `${BOX}/files/remove`,
      summary: "Remove a file or a folder",
      body: RemoveRequest,
      answer: PATH,
      refusals: REFUSALS,
      example: { body: { path: "data", recursive: true } },
    },
  ],
};
