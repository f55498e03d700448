// Messages → requests: brokers take batches of up to 1 MiB.

import { brokersSaid, kafkaFault } from './faults.js';
import type { KafkaMessage } from './library.js';

const PORTION_BYTES = 512 * 1024;
const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** In order; each is at least one message. */
export function* portionsOf(messages: readonly KafkaMessage[]): Generator<readonly KafkaMessage[]> {
  let portion: KafkaMessage[] = [];
  let size = 0;
  for (const message of messages) {
    if (size + message.value.length > PORTION_BYTES && portion.length > 0) {
      yield portion;
      portion = [];
      size = 0;
    }
    portion.push(message);
    size += message.value.length;
  }
  if (portion.length > 0) yield portion;
}

/**
 * Sends a portion. What is too large for the brokers is sent one by one.
 * @param refused hears of each message that they do not take even so
 */
export async function sendPortion(
  send: (messages: readonly KafkaMessage[]) => Promise<unknown>,
  messages: readonly KafkaMessage[],
  refused: (message: KafkaMessage, why: string) => void,
): Promise<void> {
  try {
    await send(messages);
  } catch (error) {
    if (!brokersSaid(error, ...TOO_LARGE)) throw error;
    if (messages.length === 1) refused(messages[0]!, kafkaFault(error));
    else for (const message of messages) await sendPortion(send, [message], refused);
  }
}
