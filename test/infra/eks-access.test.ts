import { describe, expect, it } from 'vitest';
import { eksClient } from '../../lib/adapters/aws/eks.ts';
import { EksAccess } from '../../lib/adapters/aws/eks-access.ts';
import {
  aJsonError,
  aJsonService,
  endsJsonServers,
  type JsonAnswer,
  type JsonRequest,
} from '../support/aws-json.ts';

endsJsonServers();

const ROLE = 'arn:aws-cn:iam::123456789012:role/nodes';
const ENTRIES = '/clusters/shop/access-entries';
const ENTRY = `${ENTRIES}/${encodeURIComponent(ROLE)}`;
const ADMIN = 'arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';

async function access(answer: (request: JsonRequest) => JsonAnswer) {
  const { options, requests } = await aJsonService(answer);
  return { eks: new EksAccess({ client: eksClient(options), cluster: 'shop' }), requests };
}

/** Creating says that there is an entry; looking shows one of that type. */
const present = (type: string) =>
  access(({ operation }) =>
    operation.startsWith('POST') ? aJsonError('ResourceInUseException') : { body: { accessEntry: { type } } },
  );

describe('access entries of node roles', () => {
  it('are created with the type that nodes join with', async () => {
    const { eks, requests } = await access(() => ({ body: { accessEntry: {} } }));
    expect(await eks.ensureNodeEntry(ROLE)).toBe('created');
    expect(requests).toMatchObject([
      { operation: `POST ${ENTRIES}`, body: { principalArn: ROLE, type: 'EC2_LINUX' } },
    ]);
  });

  it('are taken as they are where there is one already', async () => {
    const { eks, requests } = await present('EC2_LINUX');
    expect(await eks.ensureNodeEntry(ROLE)).toBe('present');
    expect(requests.at(-1)?.operation).toBe(`GET ${ENTRY}`);
  });

  it('of another type are a named error that says what to change', async () => {
    const { eks } = await present('STANDARD');
    const error = await eks.ensureNodeEntry(ROLE).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'NodeRoleEntryUnfit', retry: 'never' });
    expect(String(error)).toMatch(/type STANDARD in cluster shop.*-c nodeRoles/);
  });

  it('pass on what EKS refuses otherwise', async () => {
    const { eks } = await access(() => aJsonError('AccessDeniedException'));
    await expect(eks.ensureNodeEntry(ROLE)).rejects.toMatchObject({ code: 'AccessDenied' });
  });
});

describe('the right of an administrator', () => {
  it("is lent to the whole cluster, with the policy of the role's partition", async () => {
    const { eks, requests } = await access(() => ({ body: {} }));
    await eks.lendAdmin(ROLE);
    expect(requests).toEqual([
      {
        operation: `POST ${ENTRY}/access-policies`,
        body: { policyArn: ADMIN, accessScope: { type: 'cluster' } },
      },
    ]);
  });

  it('is taken back, also where entry or cluster have gone', async () => {
    const { eks, requests } = await access(() => aJsonError('ResourceNotFoundException'));
    await eks.takeAdminBack(ROLE);
    expect(requests[0]?.operation).toBe(`DELETE ${ENTRY}/access-policies/${encodeURIComponent(ADMIN)}`);
  });

  it('that could not be taken back is an error', async () => {
    const { eks } = await access(() => aJsonError('AccessDeniedException'));
    await expect(eks.takeAdminBack(ROLE)).rejects.toMatchObject({ code: 'AccessDenied' });
  });
});
