/** EC2 itself as the `Fleet` of one installation. What a request's instances start from comes from `templatesOf`. */
import { CreateFleetCommand, CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { InstanceId } from '../../../model/ids.ts';
import { TAG } from '../../../model/labels.ts';
import type { LaunchTemplate } from '../../../model/launch-template.ts';
import type { FleetError, FleetRequest } from '../../../model/plan.ts';
import type { Fleet, FleetAnswer, Instance } from '../../../ports/fleet.ts';
import { ec2Call, isCode } from './ec2-call.ts';
import { fleetAnswer } from './fleet-answer.ts';
import { fleetInput, withoutTemplate } from './fleet-input.ts';
import { findInstances } from './instances.ts';
import type { LaunchTemplates } from './launch-templates.ts';
import { toTags } from './tags.ts';
import { terminateInstances } from './terminate.ts';

export interface Ec2FleetOptions {
  readonly client: EC2Client;
  readonly installation: string;
  readonly launchTemplates: LaunchTemplates;
  /** The templates of a request's pool and class for the types of its overrides (`requestTemplates`). */
  readonly templatesOf: (request: FleetRequest) => Promise<readonly LaunchTemplate[]>;
}

/** Values that one filter takes: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
const FILTER_VALUES = 200;

export class Ec2Fleet implements Fleet {
  readonly #options: Ec2FleetOptions;

  constructor(options: Ec2FleetOptions) {
    this.#options = options;
  }

  async launch(request: FleetRequest): Promise<FleetAnswer> {
    const templates = await this.#options.templatesOf(request);
    const refused = withoutTemplate(request, templates).map(noImage);
    if (refused.length > 0 && refused.length === request.overrides.length) {
      return { instances: [], errors: refused };
    }
    const answer = await this.#launchFrom(request, templates);
    return { ...answer, errors: [...refused, ...answer.errors] };
  }

  describeOwned(): Promise<readonly Instance[]> {
    return findInstances(this.#options.client, [this.#owned()]);
  }

  async describe(ids: readonly InstanceId[]): Promise<readonly Instance[]> {
    const found: Instance[] = [];
    for (let start = 0; start < ids.length; start += FILTER_VALUES) {
      const Values = ids.slice(start, start + FILTER_VALUES);
      found.push(...(await findInstances(this.#options.client, [{ Name: 'instance-id', Values }])));
    }
    return found;
  }

  describeAttempt(order: string, attempt: number): Promise<readonly Instance[]> {
    return findInstances(this.#options.client, [
      this.#owned(),
      tagFilter(TAG.order, order),
      tagFilter(TAG.attempt, String(attempt)),
    ]);
  }

  terminate(ids: readonly InstanceId[]): Promise<void> {
    return terminateInstances(this.#options.client, ids);
  }

  async tag(id: InstanceId, tags: Readonly<Record<string, string>>): Promise<void> {
    const input = { Resources: [id], Tags: toTags(tags) };
    try {
      await ec2Call('CreateTags', id, () => this.#options.client.send(new CreateTagsCommand(input)));
    } catch (error) {
      if (!isCode(error, 'InvalidInstanceID.NotFound')) throw error;
    }
  }

  /** A template that was removed under us is made again, once: EC2 has then done nothing under the token. */
  async #launchFrom(request: FleetRequest, templates: readonly LaunchTemplate[]): Promise<FleetAnswer> {
    const { launchTemplates } = this.#options;
    for (const template of templates) await launchTemplates.ensure(template);
    try {
      return await this.#createFleet(request, templates);
    } catch (error) {
      if (!isCode(error, 'InvalidLaunchTemplateName.NotFoundException')) throw error;
      for (const template of templates) {
        launchTemplates.forget(template.name);
        await launchTemplates.ensure(template);
      }
      return this.#createFleet(request, templates);
    }
  }

  async #createFleet(request: FleetRequest, templates: readonly LaunchTemplate[]): Promise<FleetAnswer> {
    const input = fleetInput(request, templates);
    const result = await ec2Call('CreateFleet', `request ${request.clientToken}`, () =>
      this.#options.client.send(new CreateFleetCommand(input)),
    );
    return fleetAnswer(request, templates, result);
  }

  #owned() {
    return tagFilter(TAG.installation, this.#options.installation);
  }
}

const tagFilter = (key: string, value: string) => ({ Name: `tag:${key}`, Values: [value] });

const noImage = ({ instanceType, zone }: FleetRequest['overrides'][number]): FleetError => ({
  code: 'NoImageForType',
  message: `no image of the EC2NodeClass fits ${instanceType}: add one to amiSelectorTerms, or exclude the type`,
  instanceType,
  zone,
});
