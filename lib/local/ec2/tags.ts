import { Ec2ApiError, invalidValue } from './api-error.ts';
import type { Tags } from './filters.ts';
import type { Query } from './query.ts';
import type { Xml } from './xml.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const MAX_TAGS = 50;
const MAX_KEY_CHARACTERS = 128;
const MAX_VALUE_CHARACTERS = 256;

export const tagSet = (tags: Tags): Xml => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Tags of a list of `Tag` structures. */
export function tagsIn(query: Query): Tags {
  const tags: Record<string, string> = {};
  for (const tag of query.parts('Tag')) {
    const key = tag.required('Key');
    if (Object.hasOwn(tags, key)) throw invalidValue(`Duplicate tag key '${key}' specified.`);
    tags[key] = tag.text('Value') ?? '';
  }
  return checkedTags(tags);
}

export function checkedTags(tags: Tags): Tags {
  for (const [key, value] of Object.entries(tags)) {
    if (key.startsWith('aws:')) {
      throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (key === '' || key.length > MAX_KEY_CHARACTERS) {
      throw invalidValue(
        `Tag key exceeds the maximum length of ${MAX_KEY_CHARACTERS} characters or is empty`,
      );
    }
    if (value.length > MAX_VALUE_CHARACTERS) {
      throw invalidValue(`Tag value exceeds the maximum length of ${MAX_VALUE_CHARACTERS} characters`);
    }
  }
  if (Object.keys(tags).length <= MAX_TAGS) return tags;
  throw new Ec2ApiError(
    'TagLimitExceeded',
    'You have reached the maximum number of tags allowed on this resource',
  );
}

/** Tags by type of resource, of a list of `TagSpecification` structures. `allowed` are the types the action makes. */
export function tagSpecifications(query: Query, allowed: readonly string[]): ReadonlyMap<string, Tags> {
  const found = new Map<string, Tags>();
  for (const specification of query.parts('TagSpecification')) {
    const type = specification.required('ResourceType');
    if (!allowed.includes(type)) {
      throw invalidValue(`'${type}' is not a valid taggable resource type for this operation.`);
    }
    if (found.has(type)) throw invalidValue(`Tag specification resource type '${type}' is given twice`);
    found.set(type, tagsIn(specification));
  }
  return found;
}
