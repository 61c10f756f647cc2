import { sdkFigure } from "../support/sdk-figure.ts";

/** Making a box. */
export const sdkCreate = sdkFigure({
  name: "sdk-create",
  bar: 1.05,
  samples: 100,
  work: "create",
  what: "Box.create",
});
