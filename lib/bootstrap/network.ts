/**
 * Network interfaces of a new node: as the NodeClass lays them out, one with EFA per card where pods ask for EFA, or EC2's
 * single one. Source: karpenter-provider-aws `pkg/providers/launchtemplate/launchtemplate.go`;
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
 */
import { DovetailError } from '../model/errors.ts';
import type { ClusterFacts, TemplateInterface } from '../model/launch-template.ts';
import type { NodeClass } from '../model/node-class.ts';
import { isFields, listOf, optional, picked } from './fields.ts';

export interface NetworkInput {
  readonly nodeClass: Pick<NodeClass, 'name' | 'spec'>;
  readonly cluster: Pick<ClusterFacts, 'ipFamily'>;
  readonly securityGroupIds: readonly string[];
  /** EFA interfaces that the pods of the node make use of; 0 where they ask for none. */
  readonly efas: number;
}

type Place = Pick<TemplateInterface, 'networkCardIndex' | 'deviceIndex' | 'interfaceType'>;

/** The primary one first. Errors: `PublicIpUnsupported`, retry never. */
export function networkInterfaces(input: NetworkInput): TemplateInterface[] {
  const { nodeClass, securityGroupIds } = input;
  const places = placesOf(input);
  const { connectionTracking } = nodeClass.spec;
  const publicIp = nodeClass.spec['associatePublicIPAddress'];
  if (publicIp === true && places.length > 1) {
    throw new DovetailError(
      'PublicIpUnsupported',
      `EC2NodeClass ${nodeClass.name}: EC2 gives no public address to an instance with ${places.length} interfaces: remove associatePublicIPAddress, or the further interfaces`,
      'never',
    );
  }
  return places.map((place) => ({
    ...place,
    securityGroupIds,
    ...(isPrimary(place) ? addresses(input) : {}),
    ...(isFields(connectionTracking)
      ? {
          connectionTracking: picked<NonNullable<TemplateInterface['connectionTracking']>>(
            connectionTracking,
            ['tcpEstablishedTimeout', 'udpStreamTimeout', 'udpTimeout'],
          ),
        }
      : {}),
  }));
}

const isPrimary = ({ networkCardIndex, deviceIndex }: Place): boolean =>
  networkCardIndex === 0 && deviceIndex === 0;

function placesOf({ nodeClass, efas }: NetworkInput): Place[] {
  const written = listOf(nodeClass.spec['networkInterfaces']).map((entry) => ({
    networkCardIndex: Number(entry['networkCardIndex'] ?? 0),
    deviceIndex: Number(entry['deviceIndex'] ?? 0),
    interfaceType: entry['interfaceType'] === 'efa-only' ? ('efa-only' as const) : ('interface' as const),
  }));
  if (written.length > 0) {
    return written.sort((a, b) => a.networkCardIndex - b.networkCardIndex || a.deviceIndex - b.deviceIndex);
  }
  if (efas === 0) return [{ networkCardIndex: 0, deviceIndex: 0 }];
  return Array.from({ length: efas }, (_, card) => ({
    networkCardIndex: card,
    deviceIndex: card === 0 ? 0 : 1,
    interfaceType: 'efa' as const,
  }));
}

function addresses({ nodeClass, cluster }: NetworkInput): Partial<TemplateInterface> {
  const { associatePublicIPAddress: publicIp, ipPrefixCount } = nodeClass.spec;
  const prefixes = typeof ipPrefixCount === 'number' ? ipPrefixCount : undefined;
  return {
    ...optional('associatePublicIpAddress', typeof publicIp === 'boolean' ? publicIp : undefined),
    ...(cluster.ipFamily === 'ipv6'
      ? { primaryIpv6: true, ipv6AddressCount: 1, ...optional('ipv6PrefixCount', prefixes) }
      : optional('ipv4PrefixCount', prefixes)),
  };
}
