// The plugin cloudtrail: AWS API calls, from files, a bucket, or a queue that says what has come into one (spec:
// plugins.md §2).

import { FALCO_CONTACT } from '../falco.js';
import { definePlugin } from '../plugin.js';
import { cloudtrailFields } from './fields.js';
import { checkOpen, openCloudtrail, recordsOf } from './open.js';
import { SETTINGS } from './settings.js';
import { pluginInfoOf } from './summary.js';

export const cloudtrail = definePlugin({
  name: 'cloudtrail',
  version: '0.17.1',
  description: 'reads cloudtrail JSON data saved to file in the directory specified in the settings',
  contact: `${FALCO_CONTACT}/`,
  settings: SETTINGS,
  source: {
    name: 'aws_cloudtrail',
    id: 2,
    suggestions: [
      { value: 'sqs://my-queue', description: 'a queue that says which log files are new' },
      { value: 's3://my-bucket/AWSLogs/123456789012/', description: 'log files in a bucket' },
      { value: '/var/log/cloudtrail', description: 'log files in a folder' },
    ],
    check: checkOpen,
    live: ({ params, settings }) => params.startsWith('sqs://') || settings.follow,
    open: openCloudtrail,
    captured: (line) => recordsOf(JSON.parse(line)),
    maxEventSize: (settings) => settings.max_event_size,
  },
  envelope: {
    holds: [
      { at: '/eventTime', string: true },
      { at: '/eventType', string: true, not: ['AwsCloudTrailInsight'] },
    ],
    time: { at: '/eventTime' },
    id: '/eventID',
    refusal: 'no CloudTrail event: eventTime or eventType is missing, or it is an Insight',
  },
  marks: [
    {
      holds: [
        { at: '/eventVersion', string: true },
        { at: '/eventTime', string: true },
        { at: '/eventSource', string: true },
        { at: '/eventName', string: true },
      ],
    },
  ],
  about: {
    user: 'ct.user',
    verb: 'ct.name',
    resource: 'ct.shortsrc',
    namespace: 'ct.region',
    sources: 'ct.srcip',
    code: 'ct.error',
    id: 'ct.id',
  },
  info: pluginInfoOf,
  fields: cloudtrailFields,
});
