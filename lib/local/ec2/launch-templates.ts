import { MAX_USER_DATA_BYTES } from '../../model/launch-template.ts';
import { stableHash } from '../../model/stable-json.ts';
import type { Account, StoredTemplate } from './account.ts';
import { Ec2ApiError, invalidValue, missingParameter } from './api-error.ts';
import { type Fields, filtered } from './filters.ts';
import { pageOf } from './paging.ts';
import type { Query } from './query.ts';
import { tagSet, tagSpecifications } from './tags.ts';
import type { Xml } from './xml.ts';

type Answer = { readonly [name: string]: Xml };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html */
const NAME = /^[a-zA-Z0-9().\-/_]{3,128}$/;
const NAME_NOT_FOUND = 'InvalidLaunchTemplateName.NotFoundException';

export function createLaunchTemplate(account: Account, query: Query): Answer {
  const name = query.required('LaunchTemplateName');
  if (!NAME.test(name)) {
    throw new Ec2ApiError('InvalidLaunchTemplateName.MalformedException', `The name '${name}' is not valid.`);
  }
  const data = query.part('LaunchTemplateData');
  if (data.names().length === 0) throw missingParameter('LaunchTemplateData');
  refuseWrongData(data);
  const tags = tagSpecifications(query, ['launch-template']).get('launch-template') ?? {};
  if (account.templates.has(name)) {
    throw new Ec2ApiError(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      'Launch template name already in use.',
    );
  }
  const createdAtMs = account.setup.clock.nowMs();
  const template = { id: `lt-${stableHash([name, createdAtMs], 17)}`, name, createdAtMs, tags, data };
  account.templates.set(name, template);
  return { launchTemplate: templateXml(template) };
}

const FIELDS: Fields<StoredTemplate> = {
  'launch-template-name': ({ name }) => [name],
};

export function describeLaunchTemplates(account: Account, query: Query): Answer {
  const names = query.texts('LaunchTemplateName');
  const unknown = names.find((name) => !account.templates.has(name));
  if (unknown !== undefined) throw notFound(unknown);
  const asked = [...account.templates.values()].filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  const limits = { min: 1, max: 200, default: 200 };
  const { page, nextToken } = pageOf(filtered(asked, query, FIELDS), query, limits, ({ id }) => id);
  return { launchTemplates: page.map(templateXml), nextToken };
}

export function deleteLaunchTemplate(account: Account, query: Query): Answer {
  const template = templateNamed(account, query);
  account.templates.delete(template.name);
  return { launchTemplate: templateXml(template) };
}

/** The template that `LaunchTemplateName` or `LaunchTemplateId` names. */
export function templateNamed(account: Account, query: Query): StoredTemplate {
  const id = query.text('LaunchTemplateId');
  const name = query.text('LaunchTemplateName');
  if ((id === undefined) === (name === undefined)) {
    throw new Ec2ApiError(
      'MissingParameter',
      'Specify either a launch template name or a launch template ID.',
    );
  }
  const found = [...account.templates.values()].find((one) => one.name === name || one.id === id);
  if (found !== undefined) return found;
  throw name === undefined
    ? new Ec2ApiError('InvalidLaunchTemplateId.NotFound', `The launch template ID '${id}' does not exist.`)
    : notFound(name);
}

const notFound = (name: string): Ec2ApiError =>
  new Ec2ApiError(
    NAME_NOT_FOUND,
    `The specified launch template, with template name ${name}, does not exist.`,
  );

function refuseWrongData(data: Query): void {
  const userData = data.text('UserData');
  if (userData !== undefined && Buffer.from(userData, 'base64').length > MAX_USER_DATA_BYTES) {
    throw invalidValue(`User data is limited to ${MAX_USER_DATA_BYTES} bytes`);
  }
  if (data.parts('NetworkInterface').length > 0 && data.texts('SecurityGroupId').length > 0) {
    throw new Ec2ApiError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    );
  }
  tagSpecifications(data, ['instance', 'volume', 'network-interface', 'spot-instances-request']);
}

const templateXml = ({ id, name, createdAtMs, tags }: StoredTemplate): Xml => ({
  launchTemplateId: id,
  launchTemplateName: name,
  createTime: new Date(createdAtMs).toISOString(),
  createdBy: 'arn:aws:iam::000000000000:root',
  defaultVersionNumber: 1,
  latestVersionNumber: 1,
  tagSet: tagSet(tags),
});
