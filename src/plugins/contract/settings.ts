// Settings: the keys of a plugin's init_config as JSON schema describes them, and their values typed by it.

/** A type of JSON schema that a setting may have. */
export type SettingType = 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'object';

/** One key of init_config, as JSON schema describes it. */
export interface Setting {
  readonly type: SettingType;
  readonly title?: string;
  readonly description: string;
  readonly default?: string | number | boolean;
  /** Least number that is taken. */
  readonly minimum?: number;
  /**
   * Only tsfalco has the key: Falco's schema does not show it, and its scalars keep their spelling (`007`). What is
   * wrong with it is said when the source opens.
   */
  readonly own?: true;
  /** How a key of Falco's differs here, for --plugin-info; and the default here, and the least number. */
  readonly here?: {
    readonly text: string;
    readonly default?: string | number | boolean;
    readonly minimum?: number;
  };
  /** Its value never stands in a log line or an error. */
  readonly secret?: true;
}

export type SettingsProperties = Readonly<Record<string, Setting>>;

/** The keys of init_config. All are optional, and keys that are not named are taken with a warning. */
export interface SettingsSchema<P extends SettingsProperties = SettingsProperties> {
  readonly properties: P;
  /** Whether the schema says that other keys are fine. */
  readonly additionalProperties?: true;
  /** Where the schema stands in one of Falco's form: the keywords before it, and which one holds it. */
  readonly definitions?: {
    readonly head: Readonly<Record<string, string>>;
    readonly keyword: 'definitions' | '$defs';
  };
}

interface TypeOf {
  readonly string: string;
  readonly boolean: boolean;
  readonly integer: number;
  readonly number: number;
  readonly array: readonly unknown[];
  readonly object: Readonly<Record<string, unknown>>;
}

type ValueOf<S extends Setting> = S extends
  | { readonly default: string | number | boolean }
  | { readonly here: { readonly default: string | number | boolean } }
  ? TypeOf[S['type']]
  : TypeOf[S['type']] | undefined;

/** The values of settings, by the schema's spelling of their keys; texts, not bytes. */
export type SettingsOf<P extends SettingsProperties> = { readonly [K in keyof P]: ValueOf<P[K]> };

/** The settings of a plugin of which nothing more is known. */
export type AnySettings = SettingsOf<SettingsProperties>;

/** The settings of a schema, typed. */
export function defineSettings<const P extends SettingsProperties>(
  properties: P,
  more: Omit<SettingsSchema, 'properties'> = {},
): SettingsSchema<P> {
  return { properties, ...more };
}
