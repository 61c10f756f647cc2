import { getSystemErrorName } from "node:util";
import { BoxdError } from "./error.ts";
import type { Fields } from "./fields.ts";
import { TAG } from "./protocol.ts";

/** The `REMOTE` error that an ERROR frame stands for. */
export function remoteError(fields: Fields): BoxdError {
  const errno = fields.u32(TAG.ERRNO);
  const errnoName = nameOf(errno);
  return new BoxdError("REMOTE", fields.text(TAG.MESSAGE), {
    errno,
    ...(errnoName !== undefined && { errnoName }),
  });
}

function nameOf(errno: number): string | undefined {
  // getSystemErrorName throws for 0 and for what is no 32-bit number.
  if (errno < 1 || errno > 4095) return undefined;
  const name = getSystemErrorName(-errno);
  return name.startsWith("Unknown") ? undefined : name;
}
