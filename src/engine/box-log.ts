import { join } from "node:path";
import { LogEntry } from "../box/wire.ts";
import { AppendLog, type Range } from "./store/append-log.ts";

/** A longer message is cut: the log is read by people, and one line must not push out all others. */
const MESSAGE_LIMIT_CHARACTERS = 4_096;

/** What happened in and to one box, as `GET /{id}/logs` shows it. Kept in the box's folder. */
export class BoxLog {
  readonly #entries: AppendLog<typeof LogEntry>;

  constructor(folder: string, onError: (error: unknown) => void) {
    this.#entries = new AppendLog(join(folder, "log.jsonl"), LogEntry, { onError });
  }

  write(level: LogEntry["level"], source: LogEntry["source"], message: string): void {
    const isLong = message.length > MESSAGE_LIMIT_CHARACTERS;
    this.#entries.append({
      timestamp: Math.floor(Date.now() / 1000),
      level,
      source,
      message: isLong ? `${message.slice(0, MESSAGE_LIMIT_CHARACTERS)}…` : message,
    });
  }

  read(range: Range): Promise<LogEntry[]> {
    return this.#entries.read(range);
  }

  close(): Promise<void> {
    return this.#entries.close();
  }
}
