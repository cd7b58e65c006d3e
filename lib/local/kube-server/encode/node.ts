import type { Node } from '../../../model/node.ts';
import { amountTexts, type Json, member, metadata, timeText } from './values.ts';

/** A node knows its own version. */
export const nodeObject = (node: Node): Json => ({
  metadata: metadata('node', node, Number(node.resourceVersion)),
  spec: {
    ...(node.providerId === '' ? {} : { providerID: node.providerId }),
    ...(node.unschedulable ? { unschedulable: true } : {}),
    ...member('taints', node.taints),
  },
  status: {
    capacity: amountTexts(node.capacity),
    allocatable: amountTexts(node.allocatable),
    conditions: [
      {
        type: 'Ready',
        status: node.ready,
        reason: node.ready === 'True' ? 'KubeletReady' : 'KubeletNotReady',
        lastTransitionTime: timeText(node.readySinceMs),
      },
    ],
  },
});
