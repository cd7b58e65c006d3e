/**
 * Access entries of one cluster, with EKS's rules
 * (https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html).
 */
import { compareText } from '../../model/stable-json.ts';
import { AwsRefusal } from '../aws-json-server.ts';

export interface AccessEntry {
  readonly principalArn: string;
  readonly type: string;
  /** What `kubectl` calls the principal. */
  readonly username: string;
  readonly kubernetesGroups: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** By ARN of the policy. */
  readonly policies: ReadonlyMap<string, AccessScope>;
}

export interface AccessScope {
  readonly type: 'cluster' | 'namespace';
  readonly namespaces: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const TYPES = [
  'STANDARD',
  'EC2_LINUX',
  'EC2_WINDOWS',
  'FARGATE_LINUX',
  'EC2',
  'HYBRID_LINUX',
  'HYPERPOD_LINUX',
];
const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/.+$/;
const POLICY = /^arn:aws[a-z-]*:eks::aws:cluster-access-policy\/.+$/;

export class AccessEntries {
  readonly #entries = new Map<string, AccessEntry>();
  /** Tokens of the calls that made entries, by principal: a call sent again with its token is answered as at first. */
  readonly #tokens = new Map<string, unknown>();

  /** Sorted by principal. */
  list(): readonly AccessEntry[] {
    return [...this.#entries.values()].sort((a, b) => compareText(a.principalArn, b.principalArn));
  }

  create(body: Fields): AccessEntry {
    const principalArn = String(body['principalArn'] ?? '');
    if (!PRINCIPAL.test(principalArn)) {
      throw invalid('The specified principalArn is invalid: invalid principal.');
    }
    const known = this.#entries.get(principalArn);
    const token = body['clientRequestToken'];
    if (known !== undefined && token !== undefined && this.#tokens.get(principalArn) === token) return known;
    if (known !== undefined) {
      throw new AwsRefusal(
        'ResourceInUseException',
        'The specified access entry resource is already in use on this cluster.',
        409,
      );
    }
    const type = String(body['type'] ?? 'STANDARD');
    if (!TYPES.includes(type)) throw invalid(`The access entry type ${type} is not known.`);
    const tags = body['tags'] as AccessEntry['tags'] | undefined;
    const entry = { principalArn, type, ...identity(principalArn, type, body), tags: tags ?? {} };
    this.#tokens.set(principalArn, token);
    return this.#keep({ ...entry, policies: new Map() });
  }

  get(principalArn: string): AccessEntry {
    const entry = this.#entries.get(principalArn);
    if (entry !== undefined) return entry;
    throw notFound('The specified principalArn could not be found.');
  }

  update(principalArn: string, body: Fields): AccessEntry {
    const entry = this.get(principalArn);
    const fields = entry.type === 'STANDARD' ? { ...entry, ...body } : body;
    return this.#keep({ ...entry, ...identity(principalArn, entry.type, fields) });
  }

  delete(principalArn: string): void {
    this.get(principalArn);
    this.#entries.delete(principalArn);
  }

  /** A policy that is associated already gets the new scope. */
  associate(principalArn: string, body: Fields): { policyArn: string; accessScope: AccessScope } {
    const entry = this.get(principalArn);
    if (entry.type !== 'STANDARD' && entry.type !== 'EC2') {
      throw invalid(`Access policies cannot be associated with an access entry of type ${entry.type}.`);
    }
    const policyArn = String(body['policyArn'] ?? '');
    if (!POLICY.test(policyArn)) throw invalid('The specified policyArn is invalid.');
    const accessScope = scopeOf(body['accessScope'] as Partial<AccessScope> | undefined);
    this.#keep({ ...entry, policies: new Map([...entry.policies, [policyArn, accessScope]]) });
    return { policyArn, accessScope };
  }

  disassociate(principalArn: string, policyArn: string): void {
    const entry = this.get(principalArn);
    if (!entry.policies.has(policyArn)) throw notFound('The specified policyArn is not associated.');
    this.#keep({ ...entry, policies: new Map([...entry.policies].filter(([arn]) => arn !== policyArn)) });
  }

  #keep(entry: AccessEntry): AccessEntry {
    this.#entries.set(entry.principalArn, entry);
    return entry;
  }
}

/** Nodes are named by EKS itself; everyone else by the caller, or after the role's session. */
function identity(principalArn: string, type: string, body: Fields) {
  const groups = (body['kubernetesGroups'] as readonly string[] | undefined) ?? [];
  const username = body['username'] as string | undefined;
  if (type !== 'STANDARD') {
    if (body['kubernetesGroups'] !== undefined || username !== undefined) {
      throw invalid(`An access entry of type ${type} takes no username and no kubernetesGroups.`);
    }
    return { username: 'system:node:{{EC2PrivateDNSName}}', kubernetesGroups: ['system:nodes'] };
  }
  const reserved = groups.find((group) => group.startsWith('system:'));
  if (reserved !== undefined) {
    throw invalid(`The kubernetes group name ${reserved} is invalid, it cannot start with system:`);
  }
  return { username: username ?? sessionName(principalArn), kubernetesGroups: groups };
}

function sessionName(principalArn: string): string {
  const [, partition, , , account, resource = ''] = principalArn.split(':');
  if (!resource.startsWith('role/')) return principalArn;
  const role = resource.slice(resource.lastIndexOf('/') + 1);
  return `arn:${partition}:sts::${account}:assumed-role/${role}/{{SessionName}}`;
}

function scopeOf({ type, namespaces = [] }: Partial<AccessScope> = {}): AccessScope {
  if (type === 'cluster' && namespaces.length === 0) return { type, namespaces };
  if (type === 'namespace' && namespaces.length > 0) return { type, namespaces };
  throw invalid('The access scope is either cluster, or namespace with at least one namespace.');
}

const invalid = (message: string): AwsRefusal => new AwsRefusal('InvalidParameterException', message);

const notFound = (message: string): AwsRefusal => new AwsRefusal('ResourceNotFoundException', message, 404);
