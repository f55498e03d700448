// Keys of init_config that Falco's plugins do not have, and defaults that are not Falco's: what --plugin-info adds.

export interface OwnKey {
  readonly name: string;
  readonly text: string;
  /** Undefined: off, or nothing. */
  readonly default?: string;
}

export const K8SAUDIT_KEYS: readonly OwnKey[] = [
  { name: 'webhook_token_file', text: 'file with the token that requests must bring' },
  {
    name: 'webhook_client_ca',
    text: 'authorities whose client certificates are let in',
  },
  { name: 'checkpoint', text: 'file that remembers the place in a followed file' },
  { name: 'cluster_name', text: 'ka.cluster.name of events that name no cluster' },
];

export const K8SAUDIT_EKS_KEYS: readonly OwnKey[] = [
  { name: 'clusters', text: 'more clusters than open_params names' },
  { name: 'role_arn', text: 'role to take on with the credentials' },
  { name: 'external_id', text: 'external id for that role' },
  {
    name: 'lateness',
    text: 'how late an event may come, seconds',
    default: '120',
  },
  {
    name: 'requests_per_second',
    text: 'calls a second',
    default: "half of the region's quota",
  },
  {
    name: 'max_catch_up',
    text: 'longest outage read again, seconds',
    default: '604800',
  },
  {
    name: 'warn_after_silence',
    text: 'silence that is said, seconds; 0: never',
    default: '600',
  },
  { name: 'checkpoint', text: 'file or s3://bucket/key that remembers the place over a restart' },
  { name: 'from', text: 'where a start without a checkpoint begins, as --from' },
  { name: 'to', text: 'where to end, as --to' },
];

/** Keys of Falco's whose default or meaning is another one here. */
export const K8SAUDIT_EKS_OTHER: readonly OwnKey[] = [
  { name: 'max_event_size', text: 'largest event (in Falco: 262144)', default: '4194304' },
  { name: 'shift', text: 'really seconds (in Falco: nanoseconds)', default: '1' },
  { name: 'polling_interval', text: 'longest pause, while nothing comes', default: '5' },
  { name: 'buffer_size', text: 'no effect here' },
  { name: 'use_async', text: 'no effect here' },
];

export const K8SAUDIT_OTHER: readonly OwnKey[] = [
  { name: 'maxEventSize', text: 'largest event (in Falco: 262144)', default: '4194304' },
  { name: 'useAsync', text: 'no effect here' },
];
