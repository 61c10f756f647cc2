import { z } from "zod";

/**
 * What an agent answers that reviews. Every field is there, `null` where there is nothing: that is what
 * all providers' structured answers can be held to.
 */
export const ReviewAnswer = z.strictObject({
  summary: z.string().describe("One short paragraph: what the change does, and how sound it is."),
  findings: z.array(
    z.strictObject({
      path: z.string().describe("Of the file, from the repository's root."),
      line: z.int().min(1).describe("In the new version of the file; of several the last."),
      startLine: z.int().min(1).nullable().describe("The first of several lines."),
      severity: z.enum(["error", "warning", "note"]),
      title: z.string().describe("What is wrong, in at most ten words."),
      body: z.string().describe("Why, when it shows, and what to do."),
      suggestion: z
        .string()
        .nullable()
        .describe(
          "Lines that replace those from startLine to line; null where that mends nothing.",
        ),
    }),
  ),
});

export type Finding = z.infer<typeof ReviewAnswer>["findings"][number];
