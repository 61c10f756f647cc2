import { API_PREFIX } from "../../../box/wire.ts";

/** The path of one box. */
export const BOX = `${API_PREFIX}/{id}` as const;
