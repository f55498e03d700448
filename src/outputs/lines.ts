// In: messages. Out: their lines as one byte string, each with its newline, ready for one write.

import type { ByteString } from '../bytes.js';
import type { Message } from './output.js';

/** One line a message. */
export function joinLines(messages: readonly Message[]): ByteString {
  let lines = '';
  for (const message of messages) lines += `${message.line}\n`;
  return lines;
}
