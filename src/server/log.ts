/** The server's log: JSON lines on stderr, since stdout is for the person who started it. */
import { type Logger, pino } from "pino";

export function createLog(level: string): Logger {
  return pino({ level }, pino.destination(2));
}
