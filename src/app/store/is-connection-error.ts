/** Of node's sockets. */
const SOCKET_CODES = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "ETIMEDOUT", "EAI_AGAIN"];

/**
 * Classes of SQLSTATE that mean "not now": connection exceptions, and the operator's interventions
 * (shutdown, crash, starting up); 53300 is too many connections.
 */
const SQL_STATES = /^(08|57P0[1-5]|53300)/;

/** What pg says of a connection that ended or could not be made in time; it gives these no code. */
const MESSAGES =
  /Connection terminated|connection timeout|Client has encountered a connection error|timeout exceeded when trying to connect/i;

/** Whether the database could not be reached or went away, so that trying again may help. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && (SOCKET_CODES.includes(code) || SQL_STATES.test(code))) {
    return true;
  }
  return MESSAGES.test(error.message);
}
