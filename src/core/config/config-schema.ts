import { z } from "zod";
import { BoxConfig } from "./box-config.ts";

/** `schema/box.schema.json`: what editors know the configuration by. */
export function configSchema(): object {
  const schema = z.toJSONSchema(BoxConfig, { io: "input", target: "draft-7" });
  return { ...schema, title: "box-action: .github/box.yml" };
}
