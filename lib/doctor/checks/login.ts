// From credentials to an API server that answers.
import type { ClusterDescription } from '../../ports/diagnosis.ts';
import { type Check, failed, ok, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { checked } from '../reading.ts';

const EVERYBODY = ['0.0.0.0/0', '::/0'];

export function loginChecks(facts: Facts): readonly Check[] {
  const { identity, region, cluster } = facts;
  return [
    ...checked('region', region, (name) => [ok('region', name)]),
    ...checked('credentials', identity, ({ arn, account }) => [
      ok('credentials', `${arn} of account ${account}`),
    ]),
    ...clusterChecks(facts),
    ...(cluster.kind === 'known' ? [endpointCheck(facts, cluster.value)] : []),
    ...serverChecks(facts),
  ];
}

function clusterChecks({ clusterName, cluster, region, identity }: Facts): readonly Check[] {
  if (cluster.kind === 'error' && cluster.code === 'ClusterNotFound') {
    const asked = region.kind === 'known' ? region.value : 'no region';
    const account = identity.kind === 'known' ? ` of account ${identity.value.account}` : '';
    const message = `${cluster.message}; asked was region ${asked}${account}: give --region, or another profile`;
    return [failed('cluster', cluster.code, message)];
  }
  return checked('cluster', cluster, ({ status, version, authenticationMode }) => [
    status === 'ACTIVE'
      ? ok('cluster', `${clusterName} is ACTIVE, Kubernetes ${version ?? 'of no known version'}`)
      : failed('cluster', 'ClusterNotReady', `cluster ${clusterName} is ${status}: wait until it is ACTIVE`),
    authenticationMode === 'CONFIG_MAP'
      ? failed(
          'authentication mode',
          'AuthenticationModeUnsupported',
          `cluster ${clusterName} has authentication mode CONFIG_MAP, which knows no access entries: run aws eks update-cluster-config --name ${clusterName} --access-config authenticationMode=API_AND_CONFIG_MAP`,
        )
      : ok('authentication mode', authenticationMode),
  ]);
}

/** Whether the functions can come to the endpoint, which does not depend on where the doctor runs. */
function endpointCheck(facts: Facts, description: ClusterDescription): Check {
  const { publicAccess, privateAccess, publicAccessCidrs } = description;
  const open = publicAccess && publicAccessCidrs.some((cidr) => EVERYBODY.includes(cidr));
  const where = publicAccess
    ? `public to ${publicAccessCidrs.join(', ') || 'nobody'}${privateAccess ? ', and private' : ''}`
    : 'private';
  if (open) return ok('endpoint', where);
  const inside = functionsInside(facts);
  if (inside === undefined) {
    return warning(
      'endpoint',
      'EndpointRestricted',
      `the endpoint is ${where}: deploy with -c vpc=… -c subnets=…, so that the functions can reach it`,
    );
  }
  if (!inside) {
    return failed(
      'endpoint',
      'EndpointRestricted',
      `the endpoint is ${where} and the functions are outside the VPC: deploy again with -c vpc=… -c subnets=…`,
    );
  }
  return privateAccess
    ? ok('endpoint', `${where}; the functions are inside the VPC`)
    : warning(
        'endpoint',
        'EndpointRestricted',
        `the endpoint is ${where} and the functions are inside the VPC: switch private access on, or list the address of their NAT gateway`,
      );
}

/** `undefined` while nothing is deployed, or nobody could look. */
function functionsInside({ deployed }: Facts): boolean | undefined {
  if (deployed.kind !== 'known' || deployed.value.functions.kind !== 'known') return undefined;
  return deployed.value.functions.value.some(({ insideVpc }) => insideVpc);
}

/** A private endpoint that does not answer here may well answer the functions. */
function serverChecks(facts: Facts): readonly Check[] {
  const { server } = facts;
  if (server.kind === 'error' && server.code === 'EndpointUnreachable' && functionsInside(facts) === true) {
    return [
      warning(
        'API server',
        server.code,
        `${server.message}; the functions are inside the VPC: run this there to see what they see`,
      ),
    ];
  }
  return checked('API server', server, (version) => [
    ok('API server', `answers, and accepts the token: Kubernetes ${version}`),
  ]);
}
