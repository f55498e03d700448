// init_config of cloudtrail.

import { ownMaxEventSize, USE_ASYNC } from '../falco.js';
import { defineSettings, type SettingsOf } from '../plugin.js';

export const SETTINGS = defineSettings(
  {
    s3DownloadConcurrency: {
      type: 'integer',
      title: 'S3 download concurrency',
      description: 'Controls the number of background goroutines used to download S3 files (Default: 32)',
      default: 32,
      here: { text: 'how many are fetched at once; they are read in order' },
    },
    s3Interval: {
      type: 'string',
      title: 'S3 log interval',
      description: 'Download log files over the specified interval (Default: no interval)',
      default: '',
    },
    sqsDelete: {
      type: 'boolean',
      title: 'Delete SQS messages',
      description:
        'If true then the plugin will delete SQS messages from the queue immediately after receiving them (Default: true)',
      default: true,
      here: { text: 'deleted when their alerts have left' },
    },
    useS3SNS: {
      type: 'boolean',
      title: 'Use S3 SNS',
      description: 'If true then the plugin will expect SNS messages to originate from S3 (Default: false)',
      default: false,
      here: { text: 'no effect here: messages of all forms are known by what they hold' },
    },
    s3AccountList: {
      type: 'string',
      title: 'S3 account list',
      description:
        'A comma separated list of account IDs for organizational CloudTrails (Default: no account IDs)',
      default: '',
    },
    sqsOwnerAccount: {
      type: 'string',
      title: 'SQS owner account',
      description: 'The AWS account ID that owns the SQS queue (Default: the account of the credentials)',
      default: '',
    },
    useAsync: { ...USE_ASYNC, default: true, here: { text: 'no effect here' } },
    aws: {
      type: 'object',
      title: 'AWS configuration',
      description: 'profile, region, config and credentials to use in place of those of the environment',
    },
    max_event_size: ownMaxEventSize('largest record, bytes'),
    checkpoint: { type: 'string', own: true, description: 'file that remembers how far a bucket was read' },
    follow: {
      type: 'boolean',
      own: true,
      default: false,
      description: 'look for new files in the bucket again and again',
    },
    poll_interval: {
      type: 'number',
      own: true,
      minimum: 1,
      default: 60,
      description: 'pause between two looks at the bucket, seconds',
    },
  },
  {
    definitions: {
      head: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'https://github.com/falcosecurity/plugins/plugins/cloudtrail/pkg/cloudtrail/plugin-config',
        $ref: '#/$defs/PluginConfig',
      },
      keyword: '$defs',
    },
  },
);

export type CloudtrailSettings = SettingsOf<typeof SETTINGS.properties>;
