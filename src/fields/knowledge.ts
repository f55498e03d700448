// Where fields of audit events do not give what their names promise, for advice on rules (spec: fields-and-sources.md §1.9).

import type { ByteString } from '../bytes.js';

/** What is wrong with a field. `note`: only in rare cases. */
export interface FieldDefect {
  readonly text: string;
  readonly level: 'warning' | 'note';
}

interface Defect extends FieldDefect {
  readonly fields: RegExp;
  /** Only with `field_semantics: falco`. */
  readonly switchable: boolean;
}

const DEFECTS: readonly Defect[] = [
  {
    fields: /\.eff_run_as_(?:user|group)$/,
    level: 'warning',
    text: 'gives 0 for every container of real pods, as in Falco; field_semantics: fixed reads the security context',
    switchable: true,
  },
  {
    fields: /\.add_capabilities$/,
    level: 'warning',
    text: 'gives one JSON text for each container, as in Falco, so that no capability is ever equal to it; field_semantics: fixed gives one element for each capability',
    switchable: true,
  },
  {
    fields: /^ka\.req\..*image\.repository$/,
    level: 'note',
    text: 'is cut at the first colon, as in Falco, so that images of a registry with a port lose their path; field_semantics: fixed cuts the tag only',
    switchable: true,
  },
  {
    fields: /^ka\.req\.binding\.subject\.has_name$/,
    level: 'warning',
    text: 'is always true',
    switchable: false,
  },
  {
    fields: /^ka\.target\.pod\.name$/,
    level: 'note',
    text: "is missing when pods are deleted, read or exec'd into; ka.target.name has the name there too",
    switchable: false,
  },
];

const CRASHES: readonly { readonly field: RegExp; readonly when: string }[] = [
  {
    field: /^ka\.req\.pod\.volumes\.volume_type(?:\[|$)/,
    when: 'the body of a request is an array, as a JSON patch is (kubectl rollout undo sends one)',
  },
];

/** When Falco 0.44 with k8saudit 0.18 ends as it reads a field; undefined: never, as far as is known. @param spelled with its argument */
export function crashOf(spelled: ByteString): string | undefined {
  return CRASHES.find(({ field }) => field.test(spelled))?.when;
}

/** What is wrong with a field; undefined for most. @param fixed whether `field_semantics: fixed` is in force */
export function defectOf(field: ByteString, fixed: boolean): FieldDefect | undefined {
  return DEFECTS.find(({ fields, switchable }) => fields.test(field) && !(fixed && switchable));
}
