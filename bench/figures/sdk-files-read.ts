import { sdkFigure } from "../support/sdk-figure.ts";

/** Reading a file. */
export const sdkFilesRead = sdkFigure({
  name: "sdk-files-read",
  bar: 1.05,
  samples: 100,
  work: "files-read",
  what: "files.read of 1 MB",
});
