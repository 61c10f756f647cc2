import { z } from "zod";

/** `POST /{id}/preview` */
export const CreatePreviewRequest = z.object({
  port: z.number().int().min(1).max(65_535).describe("What listens in the box."),
  bearer_token: z.boolean().optional().describe("Ask visitors for a bearer token."),
  basic_auth: z.boolean().optional().describe("Ask visitors for a name and a password."),
});
export type CreatePreviewRequest = z.infer<typeof CreatePreviewRequest>;

/** A public URL of a port in a box; the credentials are told once, when it is made. */
export const Preview = z.object({
  url: z.string(),
  port: z.number(),
  token: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
});
export type Preview = z.infer<typeof Preview>;

/** `GET /{id}/preview` */
export const ListPreviewsResponse = z.object({ previews: z.array(Preview) });
