// Alerts of a source that several processes share leave only while this process has it. In: messages. Out: those that may
// leave now. The others are no loss: the process that has the source makes them again.

import type { Message, OutputsLog } from '../output.js';

type Permit = NonNullable<Message['permit']>;

/** Whether other processes make the same alert. */
export function isShared({ permit }: Message): boolean {
  return permit !== undefined;
}

/** @param log hears of the first alerts that are withheld; what follows is alike */
export function createPermits(
  log: OutputsLog,
): (messages: readonly Message[]) => Promise<readonly Message[]> {
  let said = false;

  async function refusedOf(permits: ReadonlySet<Permit>): Promise<ReadonlySet<Permit>> {
    const refused = new Set<Permit>();
    for (const permit of permits) if (!(await permit())) refused.add(permit);
    return refused;
  }

  return async (messages) => {
    const permits = new Set<Permit>();
    for (const { permit } of messages) if (permit !== undefined) permits.add(permit);
    const refused = await refusedOf(permits);
    if (refused.size === 0) return messages;
    const allowed = messages.filter(({ permit }) => permit === undefined || !refused.has(permit));
    if (!said) {
      const count = messages.length - allowed.length;
      log('warning', `${count} alerts are withheld: the process that has the checkpoint now sends them`);
    }
    said = true;
    return allowed;
  };
}
