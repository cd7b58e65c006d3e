import {
  CreateLaunchTemplateCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { TAG } from '../../../model/labels.ts';
import type { LaunchTemplate } from '../../../model/launch-template.ts';
import { compareText } from '../../../model/stable-json.ts';
import type { Clock } from '../../../ports/clock.ts';
import { ec2Call, isCode } from './ec2-call.ts';
import { launchTemplateData } from './launch-template-data.ts';
import { allPages } from './pages.ts';
import { toTags } from './tags.ts';

export interface OwnTemplate {
  readonly name: string;
  readonly createdAtMs: number;
}

const PAGE_SIZE = 200;
/** A template may have been made for a request that is stored and not sent yet; those live for minutes. */
const UNUSED_AGE_MS = 60 * 60_000;

/** The installation's launch templates. Their name is their content, so that one is made once and never changed. */
export class LaunchTemplates {
  readonly #client: EC2Client;
  readonly #installation: string;
  readonly #clock: Clock;
  readonly #known = new Set<string>();

  constructor(options: { readonly client: EC2Client; readonly installation: string; readonly clock: Clock }) {
    this.#client = options.client;
    this.#installation = options.installation;
    this.#clock = options.clock;
  }

  /** Makes the template unless it is there. A second call changes nothing, and asks nothing in this process. */
  async ensure({ name, spec }: LaunchTemplate): Promise<void> {
    if (this.#known.has(name)) return;
    const command = new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: launchTemplateData(spec),
      TagSpecifications: [
        { ResourceType: 'launch-template', Tags: toTags({ [TAG.installation]: this.#installation }) },
      ],
    });
    try {
      await ec2Call('CreateLaunchTemplate', `launch template ${name}`, () => this.#client.send(command));
    } catch (error) {
      if (!isCode(error, 'InvalidLaunchTemplateName.AlreadyExistsException')) throw error;
    }
    this.#known.add(name);
  }

  /** The template is not there although it was: the next `ensure` asks again. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** Sorted by name. */
  async list(): Promise<OwnTemplate[]> {
    const Filters = [{ Name: `tag:${TAG.installation}`, Values: [this.#installation] }];
    const found = await allPages('launch templates', async (NextToken) => {
      const input = { Filters, MaxResults: PAGE_SIZE, NextToken };
      const answer = await ec2Call('DescribeLaunchTemplates', 'launch templates', () =>
        this.#client.send(new DescribeLaunchTemplatesCommand(input)),
      );
      return { items: answer.LaunchTemplates, nextToken: answer.NextToken };
    });
    return found
      .map(({ LaunchTemplateName = '', CreateTime }) => ({
        name: LaunchTemplateName,
        createdAtMs: CreateTime?.getTime() ?? 0,
      }))
      .sort((a, b) => compareText(a.name, b.name));
  }

  /**
   * Removes those that are not in use and an hour old; gives their names. Instances do not need the template they were
   * started from. A second call finds nothing more.
   */
  async removeUnused(inUse: ReadonlySet<string>): Promise<string[]> {
    const bornBeforeMs = this.#clock.nowMs() - UNUSED_AGE_MS;
    const unused = (await this.list()).filter(
      ({ name, createdAtMs }) => !inUse.has(name) && createdAtMs < bornBeforeMs,
    );
    for (const { name } of unused) await this.#remove(name);
    return unused.map(({ name }) => name);
  }

  /** Removes all of them, for an installation that ends; gives their names. A second call finds nothing more. */
  async removeAll(): Promise<string[]> {
    const names = (await this.list()).map(({ name }) => name);
    for (const name of names) await this.#remove(name);
    return names;
  }

  async #remove(name: string): Promise<void> {
    this.forget(name);
    const command = new DeleteLaunchTemplateCommand({ LaunchTemplateName: name });
    try {
      await ec2Call('DeleteLaunchTemplate', `launch template ${name}`, () => this.#client.send(command));
    } catch (error) {
      if (!isCode(error, 'InvalidLaunchTemplateName.NotFoundException')) throw error;
    }
  }
}
