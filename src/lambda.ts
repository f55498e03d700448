// `tsfalco/lambda`: rules as a Lambda function behind a subscription of CloudWatch Logs, directly or by way of Kinesis, Firehose or S3.

import './runtime/node.js';

export { createHandler, type Handler, type HandlerOptions, type LambdaAlert } from './lambda/handler.js';
export { sendByHttp } from './lambda/http.js';
