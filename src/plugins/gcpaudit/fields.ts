// The fields gcp.*, in Falco's order (spec: plugins.md §6).

import { textAt, textOf } from '../falco.js';
import type { FieldKit, PluginEvent, PluginField, PluginFields } from '../plugin.js';

export function gcpFields({ semantics }: FieldKit): PluginFields {
  // Falco reads these objects as texts, and gives the empty one.
  const whole = (place: string, description: string): PluginField =>
    semantics === 'fixed' ? { description, place, as: 'json' } : textAt(place, description);
  return {
    'gcp.user': textAt('/protoPayload/authenticationInfo/principalEmail', 'Caller'),
    'gcp.callerIP': textAt('/protoPayload/requestMetadata/callerIp', 'Caller address'),
    'gcp.userAgent': textAt('/protoPayload/requestMetadata/callerSuppliedUserAgent', 'Caller user agent'),
    'gcp.authorizationInfo': whole('/protoPayload/authorizationInfo', 'Authorization decisions'),
    'gcp.serviceName': textAt('/protoPayload/serviceName', 'API service'),
    'gcp.policyDelta': {
      description: 'Changes of IAM bindings',
      read: semantics === 'fixed' ? policyDeltaOf : falcosPolicyDelta,
    },
    'gcp.request': whole('/protoPayload/request', 'Request body'),
    'gcp.methodName': textAt('/protoPayload/methodName', 'Method'),
    'gcp.cloudfunctions.function': textAt('/resource/labels/function_name', 'Function'),
    'gcp.cloudsql.databaseId': textAt('/resource/labels/database_id', 'Database'),
    'gcp.compute.instanceId': textAt('/resource/labels/instance_id', 'Instance'),
    'gcp.compute.networkId': textAt('/resource/labels/network_id', 'Network'),
    'gcp.compute.subnetwork': textAt('/resource/labels/subnetwork_name', 'Subnetwork name'),
    'gcp.compute.subnetworkId': textAt('/resource/labels/subnetwork_id', 'Subnetwork id'),
    'gcp.dns.zone': textAt('/resource/labels/zone_name', 'DNS zone'),
    'gcp.iam.serviceAccount': textAt('/resource/labels/email_id', 'Service account'),
    'gcp.iam.serviceAccountId': textAt('/resource/labels/unique_id', 'Service account unique id'),
    'gcp.location': { description: 'Location, else the region, else that of the zone', read: locationOf },
    'gcp.logging.sink': { description: 'Sink name, only when resource.type is logging_sink', read: sinkOf },
    'gcp.projectId': textAt('/resource/labels/project_id', 'Project'),
    'gcp.resourceName': textAt('/protoPayload/resourceName', 'Resource name'),
    'gcp.resourceType': textAt('/resource/type', 'Resource type'),
    'gcp.resourceLabels': {
      description: 'All resource labels as compact JSON',
      place: '/resource/labels',
      as: 'json',
    },
    'gcp.storage.bucket': textAt('/resource/labels/bucket_name', 'Bucket'),
    'gcp.time': textAt('/timestamp', 'Time of the entry as text'),
  };
}

const BUCKET_DELTA = '/protoPayload/serviceData/policyDelta/bindingDeltas';
const DATASET_DELTA = '/protoPayload/metadata/datasetChange/bindingDeltas';

function falcosPolicyDelta(event: PluginEvent): string | undefined {
  const isBucket = textOf(event, '/resource/type') === 'gcs_bucket';
  return textOf(event, isBucket ? BUCKET_DELTA : DATASET_DELTA);
}

const policyDeltaOf = (event: PluginEvent): string | undefined =>
  event.json(BUCKET_DELTA) ?? event.json(DATASET_DELTA);

function locationOf(event: PluginEvent): string | undefined {
  const named = textOf(event, '/resource/labels/location') ?? textOf(event, '/resource/labels/region');
  if (named !== undefined) return named;
  const zone = textOf(event, '/resource/labels/zone');
  if (zone === undefined || zone === '') return undefined;
  // us-central1-a is a zone of us-central1.
  return Buffer.byteLength(zone) > 2 ? Buffer.from(zone).subarray(0, -2).toString() : zone;
}

const sinkOf = (event: PluginEvent): string | undefined =>
  event.string('/resource/type') === 'logging_sink' ? textOf(event, '/resource/labels/name') : undefined;
