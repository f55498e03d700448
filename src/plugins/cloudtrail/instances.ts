// ec2.name and ec2.imageids: what a call says of instances (spec: plugins.md §2.5).

import { textOf } from '../falco.js';
import type { PluginEvent } from '../plugin.js';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const objects = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** The tag Name that the instances were asked for with. */
export function instanceNameOf(event: PluginEvent): string | undefined {
  let name = '';
  for (const { resourceType, tags } of objects(event.value('/requestParameters/tagSpecificationSet/items'))) {
    if (resourceType !== 'instance') continue;
    const tag = objects(tags).find(({ key }) => key === 'Name');
    if (tag !== undefined) name = typeof tag['value'] === 'string' ? tag['value'] : '';
  }
  return name === '' ? undefined : name;
}

const REQUESTED = [
  '/requestParameters/imageId',
  '/requestParameters/DescribeFastLaunchImagesRequest/ImageId/content',
  '/requestParameters/launchSpecification/imageId',
];

/** The images of the instances in the response, else the one in the request. @param index counts instances */
export function imageIdsOf(event: PluginEvent, index: string | undefined): readonly string[] | undefined {
  const items = event.value('/responseElements/instancesSet/items');
  if (items !== undefined) {
    const all = (Array.isArray(items) ? items : []).map(imageIdOf);
    const ids = index === undefined ? all.filter((id) => id !== '') : all.slice(Number(index)).slice(0, 1);
    return ids.filter((id) => id !== undefined);
  }
  if (index !== undefined && Number(index) !== 0) return undefined;
  for (const place of REQUESTED) {
    const id = textOf(event, place);
    if (id !== undefined) return [id];
  }
  return undefined;
}

function imageIdOf(item: unknown): string | undefined {
  if (!isObject(item) || !Object.hasOwn(item, 'imageId')) return undefined;
  return typeof item['imageId'] === 'string' ? item['imageId'] : '';
}
