// The fields ct.*, s3.*, ec2.*, ecr.* and iam.*, in Falco's order (spec: plugins.md §2.5).

import { textAt, textOf } from '../falco.js';
import type { FieldKit, PluginEvent, PluginFields } from '../plugin.js';
import { originalUserOf, userOf } from './identity.js';
import { imageIdsOf, instanceNameOf } from './instances.js';
import { amountAt, BYTES_IN, BYTES_OUT, bytesOf, infoOf, shortSource, uriOf } from './summary.js';

export const cloudtrailFields = ({ semantics }: FieldKit): PluginFields => ({
  'ct.id': textAt('/eventID', 'Identifier CloudTrail gave to the record'),
  'ct.error': textAt(
    '/errorCode',
    'AWS error code when the call failed; absent on success. A null or non-string code counts as present and empty, so ct.error exists is true for it',
  ),
  'ct.errormessage': textAt('/errorMessage', 'Error text that goes with the code'),
  'ct.time': textAt('/eventTime', 'Event time as written in the record'),
  'ct.src': textAt('/eventSource', 'Service endpoint name, for example s3.amazonaws.com'),
  'ct.shortsrc': {
    description:
      'Service name with a trailing .amazonaws.com cut off; unchanged when nothing stands before it or another suffix follows',
    read: shortSource,
  },
  'ct.name': textAt('/eventName', 'API action or event name'),
  'ct.user': {
    description: 'Acting identity, chosen by identity type',
    read: (event) => userOf(event, semantics),
  },
  'ct.originaluser': {
    description: 'Session name of an assumed role, otherwise userIdentity.userName',
    read: originalUserOf,
  },
  'ct.user.accountid': {
    description:
      'Account of the caller, else the receiving account. The fallback applies only when accountId is absent, not when it is null',
    read: (event) => textOf(event, '/userIdentity/accountId') ?? textOf(event, '/recipientAccountId'),
  },
  'ct.user.identitytype': textAt('/userIdentity/type', 'Kind of identity (Root, IAMUser, AssumedRole ...)'),
  'ct.user.principalid': textAt('/userIdentity/principalId', 'Unique id of the principal'),
  'ct.user.arn': textAt('/userIdentity/arn', 'ARN of the principal'),
  'ct.region': textAt('/awsRegion', 'Region the call went to'),
  'ct.response.subnetid': textAt('/responseElements/subnetId', 'Subnet named in the response'),
  'ct.response.reservationid': textAt('/responseElements/reservationId', 'Reservation named in the response'),
  'ct.response': {
    description: 'Whole response section as compact JSON; null when the record says null',
    place: '/responseElements',
    as: 'json',
  },
  'ct.request.availabilityzone': textAt('/requestParameters/availabilityZone', 'Availability zone asked for'),
  'ct.request.cluster': textAt('/requestParameters/cluster', 'Cluster named in the request'),
  'ct.request.functionname': textAt(
    '/requestParameters/functionName',
    'Lambda function named in the request',
  ),
  'ct.request.groupname': textAt('/requestParameters/groupName', 'IAM group named in the request'),
  'ct.request.host': textAt(
    '/requestParameters/Host',
    'Host header copied into the request (capital H in the record)',
  ),
  'ct.request.name': textAt('/requestParameters/name', 'Name of the object acted on'),
  'ct.request.policy': textAt(
    '/requestParameters/policy',
    'Policy text; empty when the record holds an object instead of a text',
  ),
  'ct.request.reason': textAt('/requestParameters/reason', 'Reason given by the caller (SSM)'),
  'ct.request.target': textAt('/requestParameters/target', 'Target of the request (SSM)'),
  'ct.request.documentname':
    semantics === 'fixed'
      ? textAt('/requestParameters/documentName', 'SSM document name')
      : { description: 'SSM document name; Falco never gives it a value', read: () => undefined },
  'ct.request.serialnumber': textAt('/requestParameters/serialNumber', 'MFA device serial in the request'),
  'ct.request.servicename': textAt('/requestParameters/serviceName', 'ECS service named in the request'),
  'ct.request.subnetid': textAt('/requestParameters/subnetId', 'Subnet in the request'),
  'ct.request.taskdefinition': textAt(
    '/requestParameters/taskDefinition',
    'ECS task definition in the request',
  ),
  'ct.request.username': textAt('/requestParameters/userName', 'User named in the request'),
  'ct.request': {
    description: 'Whole request section as compact JSON; null when the record says null',
    place: '/requestParameters',
    as: 'json',
  },
  'ct.srcip': textAt('/sourceIPAddress', 'Address or AWS service name the call came from'),
  'ct.useragent': textAt('/userAgent', 'User agent of the caller'),
  'ct.info': {
    description: 'One-line summary; always has a value',
    read: (event) => infoOf(event, semantics),
  },
  'ct.managementevent': {
    description: 'True or false; anything but JSON true gives false',
    place: '/managementEvent',
    as: 'flag',
  },
  'ct.readonly': {
    description:
      'True or false; missing when the key is absent. The name-based guess in the code is unreachable',
    place: '/readOnly',
    as: 'flag',
  },
  'ct.requestid': textAt('/requestID', 'Request id'),
  'ct.eventtype': textAt('/eventType', 'AwsApiCall, AwsServiceEvent, AwsConsoleSignIn '),
  'ct.apiversion': textAt('/apiVersion', 'API version of the call'),
  'ct.resources': {
    description:
      'Elements of the resources array as compact JSON texts joined by a comma (no brackets); missing when absent, not an array or empty',
    read: resourcesOf,
  },
  'ct.recipientaccountid': textAt('/recipientAccountId', 'Account that received the event'),
  'ct.serviceeventdetails': textAt('/serviceEventDetails', 'Details of a service event'),
  'ct.sharedeventid': textAt('/sharedEventID', 'Id shared by copies of one event'),
  'ct.vpcendpointid': textAt('/vpcEndpointId', 'VPC endpoint used'),
  'ct.eventcategory': textAt('/eventCategory', 'Management, Data or Insight'),
  'ct.addendum.reason': textAt('/addendum/reason', 'Why an addendum was written'),
  'ct.addendum.updatedfields': textAt('/addendum/updatedFields', 'Fields the addendum changes'),
  'ct.addendum.originalrequestid': textAt('/addendum/originalRequestID', 'Request id of the original'),
  'ct.addendum.originaleventid': textAt('/addendum/originalEventID', 'Event id of the original'),
  'ct.sessioncredentialfromconsole': {
    description: 'Whether the credential came from a console session',
    place: '/sessionCredentialFromConsole',
    as: 'flag',
  },
  'ct.edgedevicedetails': textAt('/edgeDeviceDetails', 'Edge device information'),
  'ct.tlsdetails.tlsversion': textAt('/tlsDetails/tlsVersion', 'TLS version'),
  'ct.tlsdetails.ciphersuite': textAt('/tlsDetails/cipherSuite', 'Cipher suite'),
  'ct.tlsdetails.clientprovidedhostheader': textAt(
    '/tlsDetails/clientProvidedHostHeader',
    'Host header of the client',
  ),
  'ct.additionaleventdata': {
    description: 'Whole additionalEventData section as compact JSON',
    place: '/additionalEventData',
    as: 'json',
  },
  's3.uri': {
    description: 'S3://bucket/key; missing unless both are JSON strings (empty ones count)',
    read: uriOf,
  },
  's3.bucket': textAt('/requestParameters/bucketName', 'Bucket of the request'),
  's3.key': textAt('/requestParameters/key', 'Object key of the request'),
  's3.bytes': {
    description: 'Sum of both byte counts; missing when neither key is there',
    type: 'uint64',
    read: bytesOf,
  },
  's3.bytes.in': {
    description: 'Bytes uploaded',
    type: 'uint64',
    read: (event) => amountAt(event, BYTES_IN),
  },
  's3.bytes.out': {
    description: 'Bytes downloaded',
    type: 'uint64',
    read: (event) => amountAt(event, BYTES_OUT),
  },
  's3.cnt.get': {
    description: '1 when eventName is GetObject, else missing (the documentation says 0)',
    type: 'uint64',
    read: (event) => oneIf(event.string('/eventName') === 'GetObject'),
  },
  's3.cnt.put': {
    description: '1 when eventName is PutObject, else missing',
    type: 'uint64',
    read: (event) => oneIf(event.string('/eventName') === 'PutObject'),
  },
  's3.cnt.other': {
    description: '1 for every other event (also without eventName), missing for GetObject and PutObject',
    type: 'uint64',
    read: (event) => oneIf(!/^(?:Get|Put)Object$/.test(event.string('/eventName') ?? '')),
  },
  'ec2.name': { description: 'Value of the Name tag of the requested instances', read: instanceNameOf },
  'ec2.imageid': {
    description: 'Deprecated; same as ec2.imageids[0]',
    read: (event) => imageIdsOf(event, '0')?.[0],
  },
  'ec2.imageids': {
    description: 'Image ids of the instances in the response, else the image named in the request',
    list: true,
    argument: { kind: 'index' },
    read: imageIdsOf,
  },
  'ecr.repository': textAt('/requestParameters/repositoryName', 'ECR repository'),
  'ecr.imagetag': textAt('/requestParameters/imageTag', 'ECR image tag'),
  'iam.role': textAt('/requestParameters/roleName', 'IAM role'),
  'iam.policy': textAt('/requestParameters/policyName', 'IAM policy name'),
});

const oneIf = (holds: boolean): bigint | undefined => (holds ? 1n : undefined);

/** The elements of the array, without its brackets. */
function resourcesOf(event: PluginEvent): string | undefined {
  const list = event.json('/resources');
  return list?.startsWith('[') && list !== '[]' ? list.slice(1, -1) : undefined;
}
