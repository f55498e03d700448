// `tsfalco/lambda`: rules as a Lambda function behind a subscription of CloudWatch Logs, directly or by way of Kinesis, Firehose or S3.

import './runtime/node.js';

export {
  type EventBridgeClient,
  type Send,
  type SnsClient,
  type SqsClient,
  sendToEventBridge,
  sendToSns,
  sendToSqs,
} from './lambda/aws.js';
export { createHandler, type Handler, type HandlerOptions, type LambdaAlert } from './lambda/handler.js';
export { sendByHttp } from './lambda/http.js';
export { type DynamoDbClient, sendOnce } from './lambda/once.js';
export {
  type Finding,
  type SecurityHubClient,
  type SecurityHubPlace,
  sendToSecurityHub,
} from './lambda/security-hub.js';
