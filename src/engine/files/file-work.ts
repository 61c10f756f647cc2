import { BoxdError } from "../boxd/index.ts";
import { EngineError } from "../engine-error.ts";

/** What says that it is not there is 404, what says that one may not is 403; the rest is a wrong request. */
const STATUS_BY_ERRNO: Record<string, number> = {
  ENOENT: 404,
  EACCES: 403,
  EPERM: 403,
  EROFS: 403,
  EEXIST: 409,
  ENOTEMPTY: 409,
  ENOSPC: 507,
  EDQUOT: 507,
};

/** What to do about it, where the message alone does not tell. */
const REMEDY_BY_ERRNO: Record<string, string> = {
  ENOTEMPTY: "; pass recursive to remove all that is in it",
};

/**
 * Runs file work of a request.
 * @param path as the client wrote it
 * @throws EngineError `file_error` saying which path and why: 404, 403, 409, 507 or 400
 */
export async function fileWork<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BoxdError) || error.code !== "REMOTE") throw error;
    const name = error.errnoName ?? "";
    const text = `${path}: ${error.message}${REMEDY_BY_ERRNO[name] ?? ""}`;
    throw new EngineError(STATUS_BY_ERRNO[name] ?? 400, "file_error", text, { cause: error });
  }
}
