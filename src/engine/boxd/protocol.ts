/** The numbers of `native/boxd/PROTOCOL.md`; `native/boxd/protocol.h` has the same. */
export const PROTOCOL_VERSION = 2;

export const FRAME_HEADER_BYTES = 9;
export const FRAME_PAYLOAD_LIMIT = 256 * 1024;
export const CHANNEL_LIMIT = 4096;
export const CREDIT_LIMIT = 2 ** 30;
/** What may be sent to a STDIN, WRITE, DIAL or ACCEPT channel before the first CREDIT. */
export const INPUT_WINDOW = 256 * 1024;
/** No message from boxd is near this: the longest holds one path. */
export const MESSAGE_LIMIT = 16 * 1024;

export const FRAME = {
  START: 0x01,
  STDIN: 0x02,
  STDIN_CLOSE: 0x03,
  SIGNAL: 0x04,
  RESIZE: 0x05,
  CREDIT: 0x06,
  READ: 0x10,
  WRITE: 0x11,
  DATA: 0x12,
  END: 0x13,
  LIST: 0x14,
  STAT: 0x15,
  MKDIR: 0x16,
  RENAME: 0x17,
  REMOVE: 0x18,
  CANCEL: 0x19,
  DIAL: 0x20,
  LISTEN: 0x21,
  ACCEPT: 0x22,
  HELLO: 0x80,
  STARTED: 0x81,
  STDOUT: 0x82,
  STDERR: 0x83,
  EXIT: 0x84,
  OK: 0x85,
  ERROR: 0x86,
  ENTRY: 0x87,
  ATTRIBUTES: 0x88,
  CONNECTED: 0x89,
  LISTENING: 0x8a,
} as const;

export const TAG = {
  ARGUMENT: 1,
  ENVIRONMENT: 2,
  CWD: 3,
  FLAGS: 4,
  ROWS: 5,
  COLUMNS: 6,
  CREDIT: 7,
  STREAM: 8,
  UID: 9,
  GID: 10,
  GROUP: 11,
  SIGNAL: 12,
  SIGNAL_TARGET: 13,
  PATH: 14,
  NEW_PATH: 15,
  OFFSET: 16,
  LENGTH: 17,
  MODE: 18,
  PID: 19,
  EXIT_CODE: 20,
  CPU_NANOSECONDS: 21,
  MAX_RSS_BYTES: 22,
  ERRNO: 23,
  MESSAGE: 24,
  NAME: 25,
  TYPE: 26,
  SIZE: 27,
  MTIME: 28,
  LINK_TARGET: 29,
  PROTOCOL: 30,
  VERSION: 31,
  INODE: 32,
  HOST: 33,
  PORT: 34,
  LISTENER: 35,
} as const;

export const START_FLAG = {
  PTY: 1,
  MERGE_STDERR: 2,
  STDIN: 4,
  NO_STDOUT: 8,
  NO_STDERR: 16,
} as const;
export const STREAM = { STDOUT: 1, STDERR: 2 } as const;
export const SIGNAL_TARGET = { group: 1, tree: 2 } as const;
export const WRITE_FLAG = { PARENTS: 1, APPEND: 2, ATOMIC: 4 } as const;
export const STAT_FOLLOW = 1;
export const MKDIR_PARENTS = 1;
export const REMOVE_RECURSIVE = 1;
