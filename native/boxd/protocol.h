// The numbers of the protocol. PROTOCOL.md is the specification; both change together.
#ifndef BOXD_PROTOCOL_H
#define BOXD_PROTOCOL_H

#define BOXD_VERSION "0.1.0"
#define PROTOCOL_VERSION 2

#define FRAME_HEADER_BYTES 9
#define FRAME_PAYLOAD_LIMIT (256 * 1024)
// Output goes in smaller frames than the limit, so that channels take turns.
#define OUTPUT_FRAME_LIMIT (64 * 1024)
#define CHANNEL_LIMIT 4096
// A credit above this is a mistake of the sender, not a window.
#define CREDIT_LIMIT (1u << 30)
// What the engine may send to a STDIN, WRITE, DIAL or ACCEPT channel before the first CREDIT.
#define INPUT_WINDOW (256 * 1024)

// Frames that open a channel (engine to boxd).
#define FRAME_START 0x01
#define FRAME_READ 0x10
#define FRAME_WRITE 0x11
#define FRAME_LIST 0x14
#define FRAME_STAT 0x15
#define FRAME_MKDIR 0x16
#define FRAME_RENAME 0x17
#define FRAME_REMOVE 0x18
#define FRAME_DIAL 0x20
#define FRAME_LISTEN 0x21
#define FRAME_ACCEPT 0x22

// Frames on an open channel.
#define FRAME_STDIN 0x02
#define FRAME_STDIN_CLOSE 0x03
#define FRAME_SIGNAL 0x04
#define FRAME_RESIZE 0x05
#define FRAME_CREDIT 0x06
#define FRAME_DATA 0x12
#define FRAME_END 0x13
#define FRAME_CANCEL 0x19

// Frames from boxd only.
#define FRAME_HELLO 0x80
#define FRAME_STARTED 0x81
#define FRAME_STDOUT 0x82
#define FRAME_STDERR 0x83
#define FRAME_EXIT 0x84
#define FRAME_OK 0x85
#define FRAME_ERROR 0x86
#define FRAME_ENTRY 0x87
#define FRAME_ATTRIBUTES 0x88
#define FRAME_CONNECTED 0x89
#define FRAME_LISTENING 0x8a

enum tag {
  TAG_ARGUMENT = 1,
  TAG_ENVIRONMENT = 2,
  TAG_CWD = 3,
  TAG_FLAGS = 4,
  TAG_ROWS = 5,
  TAG_COLUMNS = 6,
  TAG_CREDIT = 7,
  TAG_STREAM = 8,
  TAG_UID = 9,
  TAG_GID = 10,
  TAG_GROUP = 11,
  TAG_SIGNAL = 12,
  TAG_SIGNAL_TARGET = 13,
  TAG_PATH = 14,
  TAG_NEW_PATH = 15,
  TAG_OFFSET = 16,
  TAG_LENGTH = 17,
  TAG_MODE = 18,
  TAG_PID = 19,
  TAG_EXIT_CODE = 20,
  TAG_CPU_NANOSECONDS = 21,
  TAG_MAX_RSS_BYTES = 22,
  TAG_ERRNO = 23,
  TAG_MESSAGE = 24,
  TAG_NAME = 25,
  TAG_TYPE = 26,
  TAG_SIZE = 27,
  TAG_MTIME = 28,
  TAG_LINK_TARGET = 29,
  TAG_PROTOCOL = 30,
  TAG_VERSION = 31,
  TAG_INODE = 32,
  TAG_HOST = 33,
  TAG_PORT = 34,
  TAG_LISTENER = 35,
  TAG_COUNT
};

#define START_PTY 1u
#define START_MERGE_STDERR 2u
#define START_STDIN 4u
#define START_NO_STDOUT 8u
#define START_NO_STDERR 16u
#define START_FLAGS 31u

#define STREAM_STDOUT 1u
#define STREAM_STDERR 2u

#define SIGNAL_TARGET_GROUP 1u
#define SIGNAL_TARGET_TREE 2u

#define WRITE_PARENTS 1u
#define WRITE_APPEND 2u
#define WRITE_ATOMIC 4u
#define WRITE_FLAGS 7u

#define STAT_FOLLOW 1u
#define MKDIR_PARENTS 1u
#define REMOVE_RECURSIVE 1u

#define TYPE_UNKNOWN 0u
#define TYPE_FILE 1u
#define TYPE_DIRECTORY 2u
#define TYPE_SYMLINK 3u
#define TYPE_FIFO 4u
#define TYPE_SOCKET 5u
#define TYPE_CHARACTER_DEVICE 6u
#define TYPE_BLOCK_DEVICE 7u

#endif
