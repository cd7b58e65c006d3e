// The stack as CloudFormation gets it, made once per test file without bundling.
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Dovetail, type DovetailProps } from '../../infra/dovetail.ts';
import { PROJECT } from '../architecture/source-files.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export function synthesized(props: Partial<DovetailProps> = {}) {
  const { context } = JSON.parse(readFileSync(`${PROJECT}/cdk.json`, 'utf8'));
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'demo');
  const dovetail = new Dovetail(stack, 'Dovetail', { cluster: 'demo', ...props });
  const template = Template.fromStack(stack);
  return { app, stack, dovetail, template, resources: new Resources(template) };
}

/** Resources by type and by how their logical id begins, which is their path in the construct tree. */
export class Resources {
  readonly #all: Readonly<Record<string, Resource>>;

  constructor(template: Template) {
    this.#all = template.toJSON()['Resources'];
  }

  ofType(type: string): readonly (Resource & { readonly id: string })[] {
    return Object.entries(this.#all)
      .filter(([, { Type }]) => Type === type)
      .map(([id, resource]) => ({ id, ...resource }));
  }

  one(type: string, idStart: string): Resource & { readonly id: string } {
    const found = this.ofType(type).filter(({ id }) => id.startsWith(idStart));
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(`want one ${type} that starts with ${idStart}, found ${found.map(({ id }) => id)}`);
    }
    return only;
  }
}
