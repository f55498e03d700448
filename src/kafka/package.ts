// The client's package, which is an optional one.

import { isInstalled, packageMissing } from '../optional.js';

export const KAFKA_PACKAGE = '@platformatic/kafka';
const VERSION = '1.35';

/** What to say where it is not installed, without loading it; undefined: it is. @param who what needs it */
export const kafkaMissing = (who: string): string | undefined =>
  isInstalled(KAFKA_PACKAGE) ? undefined : packageMissing(who, KAFKA_PACKAGE, VERSION);
