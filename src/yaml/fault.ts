// What is wrong in a YAML text. A leaf.

/** Ends the reading of a text; never leaves yaml.ts. */
export class YamlFault extends Error {
  override readonly name = 'YamlFault';
  /** In the text, bytes. */
  readonly offset: number;
  readonly beyondLimit: boolean;

  constructor(offset: number, message: string, beyondLimit = false) {
    super(message);
    this.offset = offset;
    this.beyondLimit = beyondLimit;
  }
}
